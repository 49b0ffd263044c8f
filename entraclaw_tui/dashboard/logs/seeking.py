"""Going to a hit or to a time among the shown lines, and what to say about it."""

from __future__ import annotations

from entraclaw_tui.dashboard.ages import moment
from entraclaw_tui.dashboard.keymap import Keymap
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.logs.reading import Reading
from entraclaw_tui.dashboard.logs.visible import Visible
from entraclaw_tui.macos.moments import HOW, read_moment
from entraclaw_tui.text import clean

Said = tuple[str, Tone] | None
_ONLY = "This is the only hit."


class Seeking:
    """What is searched for, and how the cursor gets there."""

    def __init__(self, visible: Visible, reading: Reading, keys: Keymap) -> None:
        self.text = ""
        """What is searched for, however it is written; empty for nothing."""
        self.last = ""
        """What was searched for the last time."""
        self._visible = visible
        self._reading = reading
        self._keys = keys

    def first(self, page: int) -> Said:
        """Go to the nearest hit: from the end upwards where it follows, else downwards first."""
        if not self.text:
            return None
        self.last = self.text
        here = self._reading.cursor
        below = None
        if self._reading.following:
            here = len(self._visible) - 1
        else:
            below = self._visible.find(self.text, here, 1)
        place = below if below is not None else self._visible.find(self.text, here, -1)
        if place is None:
            return self._none()
        self._reading.go(place, page)
        number, hits = self._visible.hits(self.text, self._reading.cursor)
        if hits == 1:
            return _ONLY, Tone.PLAIN
        down, up = self._keys.shown("logs.next"), self._keys.shown("logs.previous")
        return f"Hit {number:,} of {hits:,}: {down} and {up} go from one to the next.", Tone.PLAIN

    def step(self, step: int, page: int) -> Said:
        """Go to the next hit (1) or the one before (-1); past the end it begins anew, and says."""
        if not self.text:
            asks = self._keys.shown("logs.search")
            return f"Nothing is searched for yet: {asks} asks what.", Tone.LOOK
        here = len(self._visible) - 1 if self._reading.following else self._reading.cursor
        place = self._visible.find(self.text, here + step, step)
        if place is not None:
            self._reading.go(place, page)
            return "Hit {:,} of {:,}.".format(*self._visible.hits(self.text, place)), Tone.PLAIN
        place = self._visible.find(self.text, 0 if step > 0 else len(self._visible) - 1, step)
        if place is None:
            return self._none()
        self._reading.go(place, page)
        if place == here:
            return _ONLY, Tone.PLAIN
        _, hits = self._visible.hits(self.text, place)
        ends = ("last", "first") if step > 0 else ("first", "last")
        return "That was the {} hit; this is the {} of {:,}.".format(*ends, hits), Tone.PLAIN

    def to_time(self, text: str, now: float, page: int) -> Said:
        """Go to the first line of a time or later."""
        at = read_moment(text, now)
        if at is None:
            return f"No time that can be read: {clean(text, 40)}. Try {HOW}.", Tone.LOOK
        count = len(self._visible)
        if not count:
            return "No line is shown.", Tone.LOOK
        place = self._visible.place_at(at)
        self._reading.go(place, page)
        if place >= count:
            return f"No line is that late; this is the last one before {moment(at)}.", Tone.LOOK
        if place == 0 and self._visible.lines[0].at > at:
            return f"The lines begin after {moment(at)}.", Tone.LOOK
        return None

    def _none(self) -> Said:
        return f'No line that is shown has "{clean(self.text, 40)}".', Tone.LOOK
