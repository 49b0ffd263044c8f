"""What happens, line by line: worker, exchange, launchd and audit in one order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import clock_time
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.feeds import LOG_LINES
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.source import Empty, Loaded, Source
from entraclaw_tui.text import Shown, clean

FLUSH = 1 / 8
"""Seconds from a new line to its picture: bounds the repaints, whatever pours in."""

_TONES = {"error": Tone.BAD, "warning": Tone.LOOK, "debug": Tone.DIM}
_ORIGIN = 9
_BEFORE = 8 + 1 + _ORIGIN + 1 + 2
"""Columns before the message: time, origin, sign."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the screen: a log line, or a later part of one that is wrapped."""

    at: float
    """What it is sorted by."""
    log: LogLine
    part: Shown | None = None
    """Its text where it is wrapped; None for the whole message, cut."""
    first: bool = True


class LogsPane(ListPane[Entry]):
    """A ring of the last lines, painted where it is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("logs")]

    NAME = "logs"
    NUMBER = 8
    TITLE = "Logs"
    SHORT = "Logs"
    SELECTS = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.following = True
        self.wrapping = False
        self._kept: list[tuple[float, LogLine]] = []
        self._unseen = 0
        self._due = False

    def on_mount(self) -> None:
        """Begin to take lines."""
        self.desk.feeds.listen_lines(self._more)
        self.take()

    def _more(self) -> None:
        # Called from a source's own task, which knows no app: a timer started there would fail.
        if not self._due:
            self._due = True
            self.call_later(self.set_timer, FLUSH, self.take)

    def take(self) -> None:
        """Take up the lines that came since the last time."""
        self._due = False
        waiting = self.desk.feeds.lines
        if not waiting:
            return
        batch = [waiting.popleft() for _ in range(len(waiting))]
        timed, last = [], self._kept[-1][0] if self._kept else 0.0
        for log in batch:
            last = log.at if log.at is not None else last
            timed.append((last, log))
        late = bool(self._kept) and min(at for at, _ in timed) < self._kept[-1][0]
        self._kept.extend(timed)
        self._kept.sort(key=_when)
        surplus = max(0, len(self._kept) - LOG_LINES)
        del self._kept[:surplus]
        gone = 0
        if late or surplus >= len(self._rows):
            self._rows = self._entries(self._kept)
        else:
            if surplus:
                first_kept = self._kept[0]
                gone = next(
                    (n for n, e in enumerate(self._rows) if e.first and e.log is first_kept[1]),
                    len(self._rows),
                )
                del self._rows[:gone]
            self._rows += self._entries(sorted(timed, key=_when)[-LOG_LINES:])
        if not self.following:
            self._unseen += len(batch)
        self._settle(gone)

    def _entries(self, timed: Sequence[tuple[float, LogLine]]) -> list[Entry]:
        entries = [Entry(at, log) for at, log in timed]
        if self.sought:
            entries = [e for e in entries if self.passes(self.words(e))]
        if not self.wrapping:
            return entries
        width = max(10, self.room - _BEFORE - 1)
        return [
            Entry(e.at, e.log, part, first=number == 0)
            for e in entries
            for number, part in enumerate(wrap(clean(e.log.message, 4000), width))
        ]

    def _settle(self, gone: int = 0) -> None:
        """Show the end where the pane follows, else hold the lines that are being read."""
        self._notes = None
        self._whole = len(self._kept)
        self.dress()
        self.top = self.last_top if self.following else self.top - gone
        self.repaint()

    # -- what a pane says

    def source(self) -> Source[object] | None:
        """Return that there are lines, or none yet."""
        if self._kept:
            return Loaded(None, self.desk.clock())
        return Empty("No line yet. What the worker, launchd and the audit say shows here.")

    def rows(self) -> Sequence[Entry]:
        """Return the lines."""
        return [Entry(at, log) for at, log in self._kept]

    def id_of(self, row: Entry) -> str:
        """Return nothing: lines are not selected."""
        return ""

    def words(self, row: Entry) -> str:
        """Return origin, level and message."""
        return f"{row.log.origin} {row.log.level} {row.log.message}"

    def paint(self, row: Entry, width: int, now: float) -> Line:
        """Return time, origin and message; what wants a look has a sign."""
        log = row.log
        tone = _TONES.get(log.level, Tone.PLAIN)
        if not row.first:
            return (piece(" " * _BEFORE), Piece(row.part or Shown(""), tone))
        at = clock_time(log.at) if log.at is not None else " " * 8
        signs = self.desk.symbols
        sign = {Tone.BAD: signs.bad, Tone.LOOK: signs.look}.get(tone, " ")
        message = row.part if row.part is not None else clean(log.message)
        return (
            piece(f"{at} ", Tone.DIM),
            Piece(Shown(clean(log.origin, _ORIGIN).ljust(_ORIGIN + 1)), Tone.DIM),
            piece(f"{sign} ", tone),
            Piece(message, tone),
        )

    def subtitle(self) -> tuple[Piece, ...]:
        """Return whether it follows."""
        if self.following:
            return (piece("following", Tone.DIM),)
        new = f", {self._unseen} new" if self._unseen else ""
        return (piece(f"paused{new}", Tone.LOOK),)

    def reload(self) -> None:
        """Filter and wrap anew."""
        self._rows = self._entries(self._kept)
        self._settle()

    def on_resize(self) -> None:
        """Wrap anew for the width; stay at the end where the pane follows."""
        self.reload()

    # -- keys

    def action_follow(self) -> None:
        """Follow, or hold still."""
        self._follow(not self.following)

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.wrapping = not self.wrapping
        self.reload()
        self.post_message(
            self.Said("Long lines wrap." if self.wrapping else "Long lines are cut.", Tone.PLAIN)
        )

    def action_scroll_bottom(self) -> None:
        """Go to the end and follow."""
        self._follow(True)

    def action_scroll_top(self) -> None:
        """Go to the first line and hold still."""
        self.top = 0
        self._follow(False)

    def scroll_rows(self, rows: int) -> None:
        """Scroll; at the end it follows, above it holds still."""
        super().scroll_rows(rows)
        at_end = self.top >= self.last_top
        if at_end is not self.following:
            self._follow(at_end)

    def _follow(self, on: bool) -> None:
        self.following = on
        self._unseen = 0
        self._settle()


def _when(timed: tuple[float, LogLine]) -> float:
    return timed[0]
