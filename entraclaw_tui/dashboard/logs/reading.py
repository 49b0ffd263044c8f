"""Where in the shown lines a person reads: following the end, or holding still at a line."""

from __future__ import annotations

from collections.abc import Callable

from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.logs.visible import Visible

Height = Callable[[int], int]
"""How many rows of the screen the line at a place takes; at least 1."""


class Reading:
    """The window's first row, the line under the cursor, and whether both go with the end.

    Lines may take several rows, so the window begins at a row of a line. Only what is near the
    window is ever measured.
    """

    def __init__(self, visible: Visible, height: Height) -> None:
        self._visible = visible
        self._height = height
        self.following = True
        self.cursor = 0
        self.unseen = 0
        """Lines that came while it did not follow."""
        self.top = 0
        self._skip = 0
        """Rows of the first line that are above the window."""
        self._anchors: tuple[Kept, Kept] | None = None
        self._chosen: tuple[Kept, Kept] | None = None
        """The anchors as the person left them, while a filter is typed that may hide them."""

    # -- when lines come and go

    def remember(self) -> None:
        """Keep in mind which lines are at the cursor and the top, before the lines change."""
        lines = self._visible.lines
        if lines:
            self._anchors = lines[self._within(self.cursor)], lines[self._within(self.top)]

    def restore(self) -> None:
        """Go back to those lines, wherever they are now."""
        if self._anchors is None:
            return
        cursor, top = self._anchors
        before = self.top
        self.cursor = self._visible.place_of(cursor)
        self.top = self._visible.place_of(top)
        lines = self._visible.lines
        if before != self.top and lines and lines[self.top] is not top:
            self._skip = 0

    def before_sifting(self) -> None:
        """Keep in mind where the person was before other lines are shown."""
        self.remember()
        if self._chosen is None and not self.following:
            self._chosen = self._anchors

    def after_sifting(self) -> None:
        """Go back there, or where it would be; to a line that was hidden once it shows again."""
        if self._chosen is not None:
            self._anchors = self._chosen
        self.restore()

    def settle(self) -> None:
        """Take what is at the cursor now for what the person reads."""
        self._chosen = None

    # -- the window

    def window(self, page: int) -> list[tuple[int, int]]:
        """Return the rows of a window so high: the place of a line, and which row of it."""
        count = len(self._visible)
        if not count:
            self.cursor = self.top = self._skip = 0
            return []
        self.cursor = self._within(self.cursor)
        if self.following:
            self.cursor = count - 1
            self._show_bottom_of(count - 1, page)
        rows = self._rows(page)
        if len(rows) < page and (self.top or self._skip):
            self._show_bottom_of(count - 1, page)
            rows = self._rows(page)
        return rows

    def _rows(self, page: int) -> list[tuple[int, int]]:
        self.top = self._within(self.top)
        self._skip = min(self._skip, self._height(self.top) - 1)
        rows: list[tuple[int, int]] = []
        place, part = self.top, self._skip
        while place < len(self._visible) and len(rows) < page:
            room = min(self._height(place), part + page - len(rows))
            rows += [(place, number) for number in range(part, room)]
            place, part = place + 1, 0
        return rows

    def show(self, place: int, page: int) -> None:
        """Scroll as little as needed to show the whole of a line, or its start where it is tall."""
        if place < self.top or (place == self.top and self._skip):
            self.top, self._skip = place, 0
            return
        below = -self._skip
        for number in range(self.top, place + 1):
            below += self._height(number)
            if below > page:
                self._show_bottom_of(place, page)
                return

    def _show_bottom_of(self, place: int, page: int) -> None:
        height = self._height(place)
        if height > page and not self.following:
            self.top, self._skip = place, 0
            return
        self.top, self._skip = place, height
        self._up(page)

    def _up(self, rows: int) -> None:
        while rows > self._skip:
            rows -= self._skip
            if self.top == 0:
                self._skip = 0
                return
            self.top -= 1
            self._skip = self._height(self.top)
        self._skip -= rows

    def _down(self, rows: int) -> None:
        while True:
            here = self._height(self.top) - self._skip
            if rows < here:
                self._skip += rows
                return
            if self.top >= len(self._visible) - 1:
                self._skip += here - 1
                return
            rows -= here
            self.top, self._skip = self.top + 1, 0

    # -- moving

    def hold(self) -> None:
        """Stop following, where it is."""
        self.settle()
        if self.following:
            self.following = False
            self.unseen = 0

    def end(self) -> None:
        """Go to the last line and follow."""
        self.settle()
        self.following = True
        self.unseen = 0

    def go(self, place: int, page: int, *, follow_end: bool = False) -> None:
        """Put the cursor on a line; at the last one it follows if asked to."""
        if not len(self._visible):
            return
        self.hold()
        self.cursor = self._within(place)
        if follow_end and self.cursor == len(self._visible) - 1:
            self.end()
        else:
            self.show(self.cursor, page)

    def step(self, lines: int, page: int) -> None:
        """Move the cursor by a line; through one that is taller than the window, by a row."""
        rows = self.window(page)
        if not rows:
            return
        self.hold()
        edge, last = (rows[-1], self._height(self.cursor) - 1) if lines > 0 else (rows[0], 0)
        if edge[0] == self.cursor and edge[1] != last:
            (self._down if lines > 0 else self._up)(1)
            return
        moved = self._within(self.cursor + lines) != self.cursor
        self.go(self.cursor + lines, page, follow_end=moved and lines > 0)

    def turn(self, pages: int, page: int) -> None:
        """Move by windows; the cursor goes along."""
        rows = self.window(page)
        if not rows:
            return
        shown = rows[-1][0] - rows[0][0]
        before = self.cursor
        self.hold()
        (self._down if pages > 0 else self._up)(max(1, page - 1))
        moved = before + pages * max(1, shown)
        self.go(moved, page, follow_end=pages > 0 and before < len(self._visible) - 1)

    def scroll(self, rows: int, page: int) -> None:
        """Scroll by rows; the cursor stays in the window; at the end it follows."""
        if not len(self._visible):
            return
        self.window(page)
        self.hold()
        before = self.top, self._skip
        (self._down if rows > 0 else self._up)(abs(rows))
        shown = self.window(page)
        self.cursor = max(shown[0][0], min(self.cursor, shown[-1][0]))
        last = len(self._visible) - 1
        if rows > 0 and shown[-1] == (last, self._height(last) - 1) and len(shown) <= page:
            self.end()
        elif rows < 0 and before == (self.top, self._skip) and shown[-1][0] == last:
            self.end()  # everything fits: there is nothing to hold still

    def _within(self, place: int) -> int:
        return max(0, min(place, len(self._visible) - 1))
