"""The last lines of all logs, merged by time. Bounded in lines and in text."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

import msgspec

from entraclaw_tui.model.log import LogLine

LINES = 100_000
"""Lines that are kept."""
TEXT = 96 * 1024 * 1024
"""Characters that are kept: a log of nothing but very long lines has fewer of them."""
AHEAD = 600.0
"""Seconds by which a log's clock may be ahead of ours. A line from further on would stay the last
one for ever, so it counts from when it came."""
_ORIGINS = 64

when = attrgetter("at")


class Kept(msgspec.Struct, gc=False, eq=False):
    """A line in the ring, told from all others by being itself."""

    at: float
    """What it is sorted by: its own time, or about when it must have been written."""
    log: LogLine


class Taken(msgspec.Struct, frozen=True):
    """What a batch of lines did to the ring."""

    new: list[Kept]
    """The lines that came and are still there, in order of time."""
    gone: list[Kept]
    """The oldest ones, which fell out."""


class LogRing:
    """Takes lines in any order and keeps the newest ones in order of time.

    Lines of one time stand in the order in which they came.
    """

    def __init__(self, lines: int = LINES, text: int = TEXT) -> None:
        self.lines: list[Kept] = []
        self.origins: Counter[str] = Counter()
        """Where lines came from, with how many there were in all."""
        self._most = lines
        self._most_text = text
        self._text = 0
        self._last: dict[str, float] = {}

    def take(self, batch: Iterable[LogLine], now: float) -> Taken:
        """Take lines up; `now` is what our clock says."""
        latest = now + AHEAD
        new: list[Kept] = []
        text = 0
        last = self._last
        newest = self.lines[-1].at if self.lines else now
        for log in batch:
            at = log.at
            if at is None:
                at = log.near or last.get(log.origin, newest)
            if at > latest:
                at = now
            last[log.origin] = at
            new.append(Kept(at, log))
            text += len(log.message) + len(log.raw)
        self._count(new)
        new.sort(key=when)
        merge(self.lines, new)
        self._text += text
        gone = self._surplus()
        if gone:
            fallen = set(map(id, gone))
            new = [kept for kept in new if id(kept) not in fallen]
        return Taken(new, gone)

    def _count(self, new: list[Kept]) -> None:
        self.origins.update(kept.log.origin for kept in new)
        if len(self._last) > _ORIGINS:
            # Names of origins come from a log: somebody may make up a new one each line.
            self._last.clear()
        if len(self.origins) > _ORIGINS:
            self.origins = Counter(dict(self.origins.most_common(_ORIGINS // 2)))

    def _surplus(self) -> list[Kept]:
        gone = self.lines[: max(0, len(self.lines) - self._most)]
        self._text -= sum(_size(kept) for kept in gone)
        number = len(gone)
        while self._text > self._most_text and number < len(self.lines) - 1:
            gone.append(self.lines[number])
            self._text -= _size(self.lines[number])
            number += 1
        del self.lines[:number]
        return gone


def merge(lines: list[Kept], new: list[Kept]) -> None:
    """Put sorted new lines among sorted ones, each behind those of its time."""
    if not new:
        return
    if not lines or new[0].at >= lines[-1].at:
        lines += new
        return
    place = bisect_right(lines, new[0].at, key=when)
    # Two sorted runs: this costs one pass, and keeps what came first before what came later.
    lines[place:] = sorted(lines[place:] + new, key=when)


def _size(kept: Kept) -> int:
    return len(kept.log.message) + len(kept.log.raw)
