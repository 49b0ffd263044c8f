"""How plans for the agent's job, and what became of them, are told to a person."""

from __future__ import annotations

import shlex
import sys

import click

from entraclaw_tui.cli.output import print_line
from entraclaw_tui.macos.agent_steps import Done, Outcome, Plan, Result, Step
from entraclaw_tui.macos.host import Host
from entraclaw_tui.text import clean

_INDENT = "   "


class Lines:
    """Tells a plan's steps as they happen, line by line; waits go to standard error."""

    def __init__(self, host: Host, *, silent: bool) -> None:
        self._host = host
        self._silent = silent

    def head(self, plan: Plan) -> None:
        """Say where it happens, and what was run to see what is there."""
        self._line(f"Domain {plan.domain}: {plan.domain_words}.")
        self._line("Looked by")
        for command in plan.looked:
            self._line(f"{_INDENT}{self._command(command)}")

    def steps(self, plan: Plan) -> None:
        """Say every step of a dry run."""
        for number, step in enumerate(plan.steps, 1):
            self.begins(number, step)

    def begins(self, number: int, step: Step) -> None:
        """Say what a step does, why, and by which command."""
        undo = "" if step.reversible else " (cannot be undone)"
        path = f": {self._host.shown(step.path)}" if step.path and not step.command else ""
        self._line(f"{number}. {step.words}{undo}{path}")
        self._line(f"{_INDENT}{step.why}")
        if step.command:
            self._line(f"{_INDENT}$ {self._command(step.command)}")
        for line in step.difference:
            self._line(f"{_INDENT}| {line}")

    def ends(self, done: Done) -> None:
        """Say what became of a step. A failure is told at the end."""
        if done.result is not Result.FAILED:
            result = "" if done.result is Result.DONE else f"{done.result.value}: "
            self._line(f"{_INDENT}-> {result}{done.said}")

    def waits(self, words: str) -> None:
        """Say on standard error that something takes a while."""
        click.echo(clean(words), err=True)

    def outcome(self, outcome: Outcome) -> None:
        """Say how it ended; bad news goes to standard error."""
        bad = outcome.exit > 1
        click.echo(clean(self._shown(outcome.sentence), 1000), err=bad)
        if outcome.hint:
            click.echo(clean(outcome.hint), err=bad)
        if outcome.left and outcome.done:
            steps = "step was" if outcome.left == 1 else "steps were"
            click.echo(f"{outcome.left} {steps} not begun.", err=True)
        sys.stdout.flush()

    def _command(self, command: tuple[str, ...]) -> str:
        return shlex.join(self._host.shown(word) for word in command)

    def _shown(self, text: str) -> str:
        return text.replace(f"{self._host.root}/", "/") if self._host.pretend else text

    def _line(self, text: str) -> None:
        if not self._silent:
            print_line(text)
