"""`--watch`: look again and again, and show what changed.

On a terminal the answer is painted over the one before, and only where it changed; in a pipe the
lines that are new are appended; with --json each change is one document on one line. A look that
fails says so and is tried again. ctrl+c ends it, with exit code 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import select
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TextIO

import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Stop
from entraclaw_tui.text import clean, shorten

SECONDS = 2.0
"""Pause between two looks."""


class Screen(Protocol):
    """Where looks are shown."""

    def show(self, text: str, trouble: str) -> None:
        """Take what a look printed, and what it said on standard error."""
        ...


def watch(once: Callable[[], Awaitable[int]], *, as_json: bool = False) -> int:
    """Look until ctrl+c, and return the exit code for that."""
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_again(once, screen_for(sys.stdout, sys.stderr, as_json=as_json)))
    return exits.FINE


def screen_for(out: TextIO, err: TextIO, *, as_json: bool) -> Screen:
    """Return what suits the output."""
    if as_json:
        return Documents(out)
    return Repaint(out) if out.isatty() else Append(out, err)


async def _again(once: Callable[[], Awaitable[int]], screen: Screen) -> None:
    while not reader_gone(sys.stdout):
        screen.show(*await printed(once))
        await asyncio.sleep(SECONDS)


def reader_gone(out: TextIO) -> bool:
    """Return whether nobody reads the pipe any more: without a change no write would tell."""
    try:
        poll = select.poll()
        poll.register(out.fileno(), 0)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return False


async def printed(once: Callable[[], Awaitable[int]]) -> tuple[str, str]:
    """Return what a look prints on standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            await once()
        except Stop as stop:
            return "", f"{stop.message}\n"
    return out.getvalue(), err.getvalue()


class Repaint:
    """Paints over what was painted before. Writes nothing where nothing changed."""

    def __init__(
        self,
        out: TextIO,
        size: Callable[[], tuple[int, int]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._out = out
        self._size = size or _window
        self._clock = clock
        self._before: tuple[str, str, tuple[int, int]] | None = None
        self._rows = 0

    def show(self, text: str, trouble: str) -> None:
        """Paint what is new, cut to the window: a line that wraps could not be painted over."""
        size = self._size()
        if (now := (text, trouble, size)) == self._before:
            return
        columns, rows = size
        lines = [*text.splitlines(), *trouble.splitlines()]
        room = max(1, rows - 2)
        if len(lines) > room:
            lines = [*lines[: room - 1], f"... and {len(lines) - room + 1} more lines"]
        since = time.strftime("%H:%M:%S", time.localtime(self._clock()))
        lines.append(f"-- as of {since}; looks again every {SECONDS:g} s; ctrl+c ends --")
        # A window of another width has wrapped what stood there: begin on a clean one.
        resized = self._before is not None and self._before[2] != size
        start = "\x1b[H\x1b[2J" if resized else f"\x1b[{self._rows}F" if self._rows else ""
        painted = "".join(f"{_fit(line, columns)}\x1b[K\n" for line in lines)
        self._out.write(f"{start}{painted}\x1b[J")
        self._out.flush()
        self._before, self._rows = now, len(lines)


class Append:
    """Prints the first answer, then each line that was not there a look before, with its time."""

    def __init__(self, out: TextIO, err: TextIO, clock: Callable[[], float] = time.time) -> None:
        self._out = out
        self._err = err
        self._clock = clock
        self._lines: list[str] | None = None
        self._trouble = ""

    def show(self, text: str, trouble: str) -> None:
        """Print what is new."""
        lines = text.splitlines()
        if trouble != self._trouble:
            self._err.write(trouble)
            self._err.flush()
            self._trouble = trouble
        if not lines and trouble:
            return  # what was seen last still counts once it answers again
        if self._lines is None:
            told = lines
        else:
            stamp = time.strftime("%H:%M:%S", time.localtime(self._clock()))
            told = [f"{stamp} {line}" for line in lines if line not in self._lines]
        self._lines = lines
        if told:
            self._out.write("".join(f"{line}\n" for line in told))
            self._out.flush()


class Documents:
    """Prints one JSON document a line, first and whenever something changed.

    A look that failed is `{"type": "failed", "reason": ...}`. The time of a look is no change.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._before: object = None

    def show(self, text: str, trouble: str) -> None:
        """Print the document where it says something new."""
        value: object
        if text.strip():
            value = msgspec.json.decode(text)
        else:
            value = {"type": "failed", "reason": trouble.strip()}
        told = _timeless(value)
        if told != self._before:
            self._before = told
            self._out.write(f"{msgspec.json.encode(value).decode()}\n")
            self._out.flush()


def _timeless(value: object) -> object:
    """Return a document without when its sources were read."""
    if isinstance(value, dict):
        read = value.get("type") == "loaded"
        return {k: _timeless(v) for k, v in value.items() if not (read and k == "at")}
    if isinstance(value, list):
        return [_timeless(one) for one in value]
    return value


def _window() -> tuple[int, int]:
    size = shutil.get_terminal_size()
    return size.columns, size.lines


def _fit(line: str, columns: int) -> str:
    return shorten(clean(line, 2000), max(1, columns - 1))
