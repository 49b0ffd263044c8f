"""The man page, made from the same table of commands, options and keys as the program itself.

Written in the classic man(7) macros, which both groff and mandoc (macOS from 13 on) read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from entraclaw_tui import __version__
from entraclaw_tui.cli import exits

_EXITS = {
    exits.FINE: "Fine.",
    exits.WARNED: "Warnings were found, or a person said no.",
    exits.ERRORS: "Errors were found.",
    exits.USAGE: "Wrong usage.",
    exits.NO_MAC: "No Mac here; `demo` makes a pretend one.",
    exits.TRY_AGAIN: "Try again later.",
}
_FILES = {
    "~/.config/entraclaw/config.toml": "The settings. None of them can lower a protection.",
    "~/.config/entraclaw/state.db": "Requests, grants, audit.",
    "~/.config/entraclaw/audit/": "The audit, a JSON object a line, chained.",
    "~/.config/entraclaw/logs/worker.log": "The worker's log.",
    "~/.config/entraclaw/run/": "The sockets.",
    "~/Library/LaunchAgents/com.entraclaw.agent.plist": "The agent's job.",
}
_NAMES = {"\u2191": "Up", "\u2193": "Down", "\u2190": "Left", "\u2192": "Right"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A command as the page tells it."""

    path: tuple[str, ...]
    """Its words after the program's name; none for the program itself."""
    usage: str
    help: str
    options: tuple[tuple[str, str], ...]


@click.command()
@click.pass_context
def man(ctx: click.Context) -> int:
    """Print the man page: `entraclaw-tui man | man -l -`, or `make man`."""
    click.echo(page(ctx.find_root().command), nl=False)
    return exits.FINE


def entries(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[Entry]:
    """Yield a command and all below it, without hidden ones."""
    ctx = click.Context(command, info_name=" ".join(("entraclaw-tui", *path)))
    usage = " ".join((*path, *command.collect_usage_pieces(ctx)))
    options = []
    for parameter in command.params:
        record = None if getattr(parameter, "hidden", False) else parameter.get_help_record(ctx)
        if record is not None:
            options.append(record)
    yield Entry(path, usage, command.help or "", tuple(options))
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            if below is not None and not below.hidden:
                yield from entries(below, (*path, name))


def page(command: click.Command) -> str:
    """Return the whole page as troff."""
    first, *rest = entries(command)
    return "\n".join(
        (
            '.\\" Made by `entraclaw-tui man`; do not edit.',
            f'.TH ENTRACLAW\\-TUI 1 "" "entraclaw-tui {__version__}" "User Commands"',
            ".SH NAME",
            "entraclaw\\-tui \\- the control panel of the Entraclaw agent",
            ".SH SYNOPSIS",
            f".B entraclaw\\-tui\n{_text(first.usage)}",
            ".SH DESCRIPTION",
            *_paragraphs(first.help),
            ".SH OPTIONS",
            *_terms(first.options),
            *_terms((("-h, --help", "Tell of a command and its options; every command has it."),)),
            ".SH COMMANDS",
            *(line for entry in rest for line in _command(entry)),
            ".SH KEYS",
            *_keys(),
            ".SH FILES",
            *_terms(_FILES.items()),
            ".SH ENVIRONMENT",
            *_terms((("NO_COLOR", "Where it is set, the panel uses no color."),)),
            ".SH EXIT STATUS",
            *_terms((str(code), words) for code, words in _EXITS.items()),
            ".SH SEE ALSO",
            "launchctl(1), security(1), codesign(1), tccutil(1), launchd.plist(5)",
            "",
        )
    )


def _command(entry: Entry) -> Iterator[str]:
    yield f'.SS "{_text(" ".join(entry.path))}"'
    yield f"entraclaw\\-tui {_text(entry.usage)}"
    yield ".PP"
    yield from _paragraphs(entry.help)
    yield from _terms(entry.options)


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _text(" ".join(paragraph.split()))


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, words in terms:
        yield f".TP\n\\fB{_text(term)}\\fR\n{_text(words)}"


def _keys() -> Iterator[str]:
    from entraclaw_tui.dashboard.action_table import ACTIONS, PLACES

    for where, name in PLACES.items():
        yield f'.SS "{_text(name)}"'
        yield from _terms((a.shown, a.help) for a in ACTIONS if a.where == where)


def _text(text: str) -> str:
    """Return text that troff prints as it is."""
    for arrow, name in _NAMES.items():
        text = text.replace(arrow, name)
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{text}" if text.startswith((".", "'")) else text
