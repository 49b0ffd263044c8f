"""The lines of the ring that are shown, kept up to date as lines come and go."""

from __future__ import annotations

from bisect import bisect_left

from entraclaw_tui.dashboard.logs.ring import Kept, LogRing, Taken, merge, when
from entraclaw_tui.dashboard.logs.sieve import Sieve, holds


class Visible:
    """A sieve over a ring. Places in it are counted from the oldest line, from 0."""

    def __init__(self, ring: LogRing) -> None:
        self._ring = ring
        self.sieve = Sieve()
        self.lines: list[Kept] = ring.lines
        """The ring's own list where everything passes."""

    def __len__(self) -> int:
        return len(self.lines)

    def sift(self, sieve: Sieve) -> None:
        """Show what passes another sieve."""
        before, self.sieve = self.sieve, sieve
        if sieve.open:
            self.lines = self._ring.lines
        else:
            # Typing on narrows what was found; only what is shown is looked through again.
            self.lines = sieve.select(self.lines if sieve.narrows(before) else self._ring.lines)

    def follow(self, taken: Taken) -> int:
        """Take up what the ring took; return how many lines came that are shown."""
        if self.sieve.open:
            return len(taken.new)
        fell = 0
        for kept in taken.gone:
            if fell < len(self.lines) and self.lines[fell] is kept:
                fell += 1
        del self.lines[:fell]
        new = self.sieve.select(taken.new)
        merge(self.lines, new)
        return len(new)

    def place_of(self, kept: Kept) -> int:
        """Return where a line is; where it is not shown (any more), where its time would be."""
        place = bisect_left(self.lines, kept.at, key=when)
        for at in range(place, len(self.lines)):
            other = self.lines[at]
            if other is kept:
                return at
            if other.at != kept.at:
                break
        return max(0, min(place, len(self.lines) - 1))

    def place_at(self, at: float) -> int:
        """Return the first line of a time or later; the number of lines where there is none."""
        return bisect_left(self.lines, at, key=when)

    def find(self, text: str, start: int, step: int) -> int | None:
        """Return the next line with a text from `start` on, in steps of 1 or -1, or None."""
        wanted = text.lower()
        places = range(start, len(self.lines)) if step > 0 else range(start, -1, -1)
        lines = self.lines
        for place in places:
            if 0 <= place < len(lines) and holds(lines[place], wanted):
                return place
        return None

    def hits(self, text: str, place: int) -> tuple[int, int]:
        """Return how many lines have a text: up to a place, with it, and in all."""
        wanted = text.lower()
        until = sum(holds(kept, wanted) for kept in self.lines[: place + 1])
        return until, until + sum(holds(kept, wanted) for kept in self.lines[place + 1 :])
