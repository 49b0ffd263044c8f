"""How commands print: aligned columns for people, one JSON object for programs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import click
import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.model.source import Empty, Failed, Loaded, Stale
from entraclaw_tui.text import Shown, cells, clean, shorten


def print_json(value: object) -> None:
    """Print a value of the model as one JSON document."""
    encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
    click.echo(encoded.decode())


def print_line(text: str) -> None:
    """Print one line; whatever was not ours in it has been made visible."""
    click.echo(clean(text, 2000))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = 48) -> list[Shown]:
    """Return aligned lines, without trailing blanks; a cell has at most `widest` columns."""
    cleaned = [[shorten(clean(cell), widest) for cell in row] for row in [head, *rows]]
    widths = [max(cells(row[i]) for row in cleaned) for i in range(len(head))]
    lines = []
    for row in cleaned:
        padded = (
            cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)
        )
        lines.append(Shown("  ".join(padded).rstrip()))
    return lines


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], nothing: str, *, widest: int = 48
) -> None:
    """Print aligned rows, or the sentence that says why there are none."""
    if not rows:
        click.echo(nothing)
        return
    for line in table(head, rows, widest=widest):
        click.echo(line)


def outcome(source: Loaded[Any] | Stale[Any] | Empty | Failed) -> int:
    """Return the exit code for what a source said."""
    return exits.ERRORS if isinstance(source, Failed) else exits.FINE


def explain(source: Empty | Failed) -> None:
    """Print why a source has nothing to show: the cause, and the next step where there is one."""
    if isinstance(source, Empty):
        print_line(source.reason)
        return
    click.echo(clean(source.reason), err=True)
    if source.hint:
        click.echo(clean(source.hint), err=True)


def age(at: float | None, now: float) -> str:
    """Return how long ago something was, coarsely: `now`, `40 s`, `5 min`, `3 h`, `2 d`."""
    if at is None:
        return "-"
    return span(now - at) if now - at >= 1 else "now"


def span(seconds: float) -> str:
    """Return a length of time in its largest unit, rounded down."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(int(seconds), 0)} s"


def look(once: Callable[[], Awaitable[int]], *, watch: bool, as_json: bool = False) -> int:
    """Run a look and print it; with `watch`, again and again until ctrl+c."""
    if watch:
        from entraclaw_tui.cli import watching

        return watching.watch(once, as_json=as_json)
    return asyncio.run(_once(once))


async def _once(once: Callable[[], Awaitable[int]]) -> int:
    return await once()


def now() -> float:
    """Return the time of day."""
    return time.time()
