"""The view of the logs: takes lines, keeps them in order, paints what is looked at of them."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, piece
from entraclaw_tui.dashboard.logs.reading import Reading
from entraclaw_tui.dashboard.logs.ring import Kept, LogRing
from entraclaw_tui.dashboard.logs.rows import Looks, Painted, paint, reaching
from entraclaw_tui.dashboard.logs.seeking import Seeking
from entraclaw_tui.dashboard.logs.visible import Visible
from entraclaw_tui.dashboard.widgets.line_view import Lit
from entraclaw_tui.dashboard.widgets.pane import Pane
from entraclaw_tui.model.log import LogLine

FLUSH = 1 / 8
"""Seconds from a new line to its picture: bounds the repaints, whatever pours in."""
SLICE = 4000
"""Lines that are taken up in one go: keys get their turn between two."""


class LogView(Pane):
    """A ring of the last lines. The window's rows are all that is ever laid out.

    To the base it is a list of just those rows: what lies outside the window has no height.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.ring = LogRing()
        self.passing = Visible(self.ring)
        self.reading = Reading(self.passing, self._height)
        self.seeking = Seeking(self.passing, self.reading, desk.keys)
        self.wrapping = False
        self.left = 0
        self.unfolded: set[int] = set()
        """The lines that are unfolded, by their `id`; forgotten when they leave the ring."""
        self.rows_shown: list[tuple[int, Line]] = []
        self._painted_rows: dict[int, Painted] = {}
        self._lit: int | None = None
        self._due = False
        self._shown_at = float("-inf")

    # -- lines come

    def on_mount(self) -> None:
        """Begin to take lines."""
        self.desk.feeds.logs.listen(self._more)
        self.take()

    def _more(self) -> None:
        # Called from a source's own task, which knows no app: a timer started there would fail.
        if not self._due:
            self._due = True
            left = self._shown_at + FLUSH - monotonic()
            if left > 0:
                self.call_later(self.set_timer, left, self.take)
            else:
                self.call_later(self.take)

    def take(self) -> None:
        """Take up the lines that came since the last time, at most SLICE of them."""
        self._due = False
        waiting = self.desk.feeds.logs.waiting
        if waiting:
            self.add([waiting.popleft() for _ in range(min(SLICE, len(waiting)))])
        if waiting:
            self._due = True
            self.call_later(self.take)
        if not waiting or monotonic() >= self._shown_at + FLUSH:
            self._shown_at = monotonic()
            self.show()

    def add(self, batch: Iterable[LogLine]) -> None:
        """Put lines into the ring; nothing moves under the eyes of who does not follow."""
        self.reading.remember()
        taken = self.ring.take(batch, self.desk.clock())
        new = self.passing.follow(taken)
        if self.unfolded:
            self.unfolded.difference_update(map(id, taken.gone))
        if not self.reading.following:
            self.reading.restore()
            self.reading.unseen += new

    def show(self) -> None:
        """Tell in the frame and paint what changed."""
        self.repaint()
        self.dress()

    # -- looking

    def point(self) -> Kept | None:
        """Return the line under the cursor. Whoever follows holds still first, at the last one."""
        if not len(self.passing):
            return None
        self.reading.window(self.page)
        self.reading.hold()
        self.show()
        return self.passing.lines[self.reading.cursor]

    # -- painting

    @property
    def _looks(self) -> Looks:
        return Looks(
            self.room - 2,
            self.desk.symbols,
            self.desk.clock(),
            self.wrapping,
            0 if self.wrapping else self.left,
            self.seeking.text,
        )

    def _paint(self, place: int) -> Painted:
        painted = self._painted_rows.get(place)
        if painted is None:
            lines = self.passing.lines
            kept, before = lines[place], lines[place - 1] if place else None
            looks = self._looks
            if place == self.reading.cursor and not self.reading.following:
                looks = reaching(kept, looks)
            painted = paint(kept, before, id(kept) in self.unfolded, looks)
            self._painted_rows[place] = painted
        return painted

    def _height(self, place: int) -> int:
        return len(self._paint(place).rows)

    def _repainted(self) -> None:
        self._painted_rows.clear()

    def repaint(self) -> None:
        """Work out the window anew, then paint the rows of it that changed."""
        self._repainted()
        if self.size:
            places = self.reading.window(self.page)
            self.rows_shown = [(place, self._paint(place).rows[part]) for place, part in places]
            self._lit = self._cursor_row(places)
        super().repaint()

    def _cursor_row(self, places: list[tuple[int, int]]) -> int | None:
        """Return the row that shows the cursor: the head of its line, or what is seen of it."""
        if self.reading.following:
            return None
        mine = [n for n, (place, _) in enumerate(places) if place == self.reading.cursor]
        head = self._paint(self.reading.cursor).head if mine else 0
        return next((n for n in mine if places[n][1] == head), mine[0] if mine else None)

    def count(self) -> int:
        """Return how many rows the window has; what lies outside is none of the view's."""
        return len(self.rows_shown) or len(self._notes())

    def _notes(self) -> list[Line]:
        return [] if self.rows_shown or len(self.passing) else self.state_lines()

    def line(self, index: int, width: int) -> Line:
        """Return one row of the window, with the cursor's sign."""
        if not self.rows_shown:
            notes = self._notes()
            return notes[index] if index < len(notes) else ()
        sign = self.desk.symbols.cursor if self.lit(index) is Lit.CURSOR else ""
        return (piece(sign.ljust(2)), *self.rows_shown[index][1])

    def lit(self, index: int) -> Lit:
        """Return whether the cursor is on a row; there is none to see while it follows."""
        if not self.rows_shown or index != self._lit:
            return Lit.NO
        return Lit.CURSOR if self.has_focus else Lit.AWAY

    def _thumb(self, row: int) -> bool:
        """Return whether the scroll mark stands beside a row: by lines, however tall they are."""
        count, page = len(self.passing), self.page
        if not self.rows_shown or (len(self.rows_shown) < page and not self.reading.top):
            return False
        first, last = self.rows_shown[0][0], self.rows_shown[-1][0]
        if first == 0 and last == count - 1 and len(self.rows_shown) < page:
            return False
        size = max(1, page * (last - first + 1) // count)
        if size >= page:
            return False
        at = (page - size) * first // max(1, count - 1 - (last - first))
        return at <= row < at + size

    # -- events

    def on_focus(self) -> None:
        """Show the cursor; where it stands now is where the person is."""
        self.reading.settle()
        self.repaint()

    def on_blur(self) -> None:
        """Show the cursor as away."""
        self.repaint()

    def on_resize(self) -> None:
        """Lay out anew for the size; stay at the end, or at the line that is read."""
        self.stay()

    def stay(self) -> None:
        """Show the line under the cursor after rows have become taller or lower."""
        self._repainted()
        if not self.reading.following and len(self.passing):
            self.reading.show(self.reading.cursor, self.page)
        self.show()
