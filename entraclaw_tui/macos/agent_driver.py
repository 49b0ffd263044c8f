"""Carries out a plan for the agent's job, step by step, and can say at any time where it is."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from entraclaw_tui.macos.agent_steps import Done, Outcome, Plan, Result, Step
from entraclaw_tui.macos.agent_waits import AGAIN, FAILED, TRY_AGAIN, Patience, Trouble
from entraclaw_tui.macos.agent_work import NotNeeded, Work
from entraclaw_tui.macos.host import Host, HostError, ToolError

FINE = 0
WARNED = 1
INTERRUPTED = 130
"""What a shell says of a program that ctrl+c ended."""

LATE_SECONDS = 2.0
"""A step that takes longer says so."""


class Teller(Protocol):
    """Who hears what the driver does."""

    def begins(self, number: int, step: Step) -> None:
        """A step begins; steps are counted from 1."""

    def ends(self, done: Done) -> None:
        """A step has ended."""

    def waits(self, words: str) -> None:
        """A step takes a while."""


def foreseen(plan: Plan) -> Outcome:
    """Return what a dry run ends with."""
    if plan.refused:
        return Outcome(FAILED, plan.refused, plan.hint)
    dry = "This was a dry run: nothing was changed. Add --yes to do it."
    sentence = dry if plan.steps else plan.sentence
    if plan.warning:
        return Outcome(WARNED, f"{sentence} {plan.warning}", plan.hint, left=len(plan.steps))
    return Outcome(FINE, sentence, plan.hint, left=len(plan.steps))


class Driver:
    """Carries out one plan."""

    def __init__(
        self, host: Host, plan: Plan, teller: Teller, patience: Patience | None = None
    ) -> None:
        self._host = host
        self._plan = plan
        self._teller = teller
        self._work = Work(host, plan, patience or Patience())
        self._done: list[Done] = []
        self._at: Step | None = None

    async def carry_out(self) -> Outcome:
        """Do every step until one fails, and say what became of it."""
        plan = self._plan
        if plan.refused:
            return self._outcome(FAILED, plan.refused, plan.hint)
        for number, step in enumerate(plan.steps, 1):
            self._at = step
            self._teller.begins(number, step)
            began = time.monotonic()
            failure: Trouble | None = None
            try:
                said, result = await self._in_time(step), Result.DONE
            except NotNeeded as reason:
                said, result = str(reason), Result.NOT_NEEDED
            except Trouble as trouble:
                said, result, failure = str(trouble), Result.FAILED, trouble
            seconds = round(time.monotonic() - began, 3)
            hint = failure.hint if failure else ""
            done = Done(number, step.kind, result, said, hint, seconds)
            self._done.append(done)
            self._at = None
            self._teller.ends(done)
            if failure:
                return self._outcome(failure.exit_code, said, hint)
        if plan.warning:
            return self._outcome(WARNED, f"{plan.sentence} {plan.warning}", plan.hint)
        return self._outcome(FINE, plan.sentence, plan.hint)

    def interrupted(self) -> Outcome:
        """Return what was done when somebody said stop, and where that was."""
        at, number, steps = self._at, len(self._done) + 1, len(self._plan.steps)
        if at is None:
            return self._outcome(
                INTERRUPTED, f"Interrupted before step {number} of {steps}.", AGAIN
            )
        words = f"{at.words[:1].lower()}{at.words[1:]}"
        sentence = (
            f"Interrupted in step {number} of {steps} ({words}); "
            "whether it took effect is not known."
        )
        self._done.append(Done(number, at.kind, Result.INTERRUPTED, sentence, AGAIN))
        return self._outcome(INTERRUPTED, sentence, AGAIN)

    def _outcome(self, code: int, sentence: str, hint: str) -> Outcome:
        left = len(self._plan.steps) - len(self._done)
        return Outcome(code, sentence, hint, tuple(self._done), left)

    async def _in_time(self, step: Step) -> str:
        """Do a step; say so once where it takes long."""
        words = f"{step.words}: this may take up to {step.seconds:g} s."
        late = asyncio.get_running_loop().call_later(LATE_SECONDS, self._teller.waits, words)
        try:
            return await self._work.do(step)
        except ToolError as error:
            raise Trouble(str(error), AGAIN, TRY_AGAIN) from None
        except HostError as error:
            raise Trouble(str(error)) from None
        except OSError as error:
            what = self._host.shown(step.path)
            raise Trouble(f"{what}: {error.strerror or error}.", AGAIN) from None
        finally:
            late.cancel()
