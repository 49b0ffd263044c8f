"""What a chapter is, and how it tells of a source that has nothing, failed or grew old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from entraclaw_tui.dashboard.ages import age
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import JOB, Key
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, folded, piece
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import EnvironmentName, Job
from entraclaw_tui.model.source import Empty, Failed, Source, Stale, value_of
from entraclaw_tui.text import Shown, clean

T = TypeVar("T")

LABEL = 12
"""Columns of a label on a page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page. One with a thing can be selected, and has an id of its own."""

    line: Line
    id: str = ""
    thing: Finding | EnvironmentName | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a chapter looks with."""

    desk: Desk
    width: int
    now: float
    shown: tuple[str, Hidden] | None = None
    """The one value that a person asked to see, by the id of its row."""
    asked: str = ""
    """The row whose value is shown at one more key."""

    @property
    def store(self) -> Store:
        """What the sources said."""
        return self.desk.store

    @property
    def signs(self) -> Symbols:
        """How signs look."""
        return self.desk.symbols

    @property
    def job(self) -> Job | None:
        """The job as launchd tells it."""
        return value_of(self.store.get(JOB))

    def path(self, path: str) -> Shown:
        """Return a path as one of the Mac."""
        return clean(self.desk.host.shown(path))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the story."""

    id: str
    title: str
    gist: Callable[[Look], Line]
    """Its one line."""
    page: Callable[[Look], list[Row]]
    """All that is known, folded to the width."""
    keys: tuple[Key[object], ...] = ()
    """The sources that are asked while the page is open."""


def gist_of(look: Look, source: Source[T] | None, tell: Callable[[T], Line]) -> Line:
    """Return what `tell` makes of a source, or what the source says of itself.

    Why launchd told nothing of the job is said once, in the chapter `now`.
    """
    job = look.store.get(JOB)
    silent = job.reason if isinstance(job, Empty | Failed) else None
    if isinstance(source, Empty | Failed) and source.reason == silent:
        return (piece(look.signs.nothing, Tone.DIM),)
    return answer_of(look, source, tell)


def answer_of(look: Look, source: Source[T] | None, tell: Callable[[T], Line]) -> Line:
    """Return what `tell` makes of a source, or what the source says of itself, in any case."""
    match source:
        case None:
            return (piece(f"reading{look.signs.ellipsis}", Tone.DIM),)
        case Empty(reason):
            return (Piece(clean(reason), Tone.DIM),)
        case Failed(reason):
            return (piece(f"{look.signs.bad} ", Tone.BAD), Piece(clean(reason)))
        case Stale(value, at):
            old = piece(f"{_old(look.now - at)}: ", Tone.LOOK)
            return (old, *(msgspec.structs.replace(p, tone=Tone.DIM) for p in tell(value)))
        case _:
            return tell(source.value)


def page_of(
    look: Look, source: Source[T] | None, tell: Callable[[T], Sequence[Line]]
) -> list[Line]:
    """Return the lines that `tell` makes of a source, or what the source says of itself."""
    match source:
        case None | Empty():
            return [answer_of(look, source, lambda _: ())]
        case Failed(reason, hint):
            lines: list[Line] = [(piece(f"{look.signs.bad} ", Tone.BAD), Piece(clean(reason)))]
            return [*lines, (piece("  "), Piece(clean(hint), Tone.DIM))] if hint else lines
        case Stale(value, at, reason):
            why = Piece(Shown(f"{_old(look.now - at)}: {clean(reason)}"), Tone.LOOK)
            return [
                (piece(f"{look.signs.look} ", Tone.LOOK), why),
                *(
                    tuple(msgspec.structs.replace(p, tone=Tone.DIM) for p in line)
                    for line in tell(value)
                ),
            ]
        case _:
            return list(tell(source.value))


def _old(seconds: float) -> str:
    told = age(seconds)
    return "just lost" if told == "now" else f"{told} old"


def rows(look: Look, lines: Sequence[Line]) -> list[Row]:
    """Return lines as rows of a page, each folded where it is longer than the page is wide."""
    return [Row(part) for line in lines for part in folded(line, look.width)]


def title(text: str) -> list[Line]:
    """Return the head of a part of a page, with room above it."""
    return [(), (piece(text, Tone.STRONG),)]


def marked(look: Look, tone: Tone, text: Shown) -> Line:
    """Return a sentence with the sign of how good or bad it is."""
    signs = {Tone.GOOD: look.signs.fine, Tone.LOOK: look.signs.look, Tone.BAD: look.signs.bad}
    return (piece(f"{signs.get(tone, ' ')} ", tone), Piece(text))


def aside(text: str) -> Piece:
    """Return a remark beside a value."""
    return Piece(Shown(f"  {clean(text)}" if text else ""), Tone.DIM)
