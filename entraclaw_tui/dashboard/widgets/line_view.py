"""A scrolling view of one-line rows that paints what is visible and repaints what changed.

It scrolls by itself: a scrolling container of Textual's lays the whole screen out anew, and paints
all of it, whenever the number of rows changes.
"""

from __future__ import annotations

from enum import StrEnum

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

from entraclaw_tui.dashboard.inks import Ink, Inks
from entraclaw_tui.dashboard.lines import Line, Tone, cut

_THUMB = "\u2590"


class Lit(StrEnum):
    """How a row stands out."""

    NO = ""
    CURSOR = "cursor"
    AWAY = "away"
    """The selected row of a pane without the focus."""


class LineView(Widget, can_focus=True, inherit_bindings=False):
    """Base of panes and bars. Subclasses say how many lines there are and what stands in each."""

    # Textual's own would lay the screen out anew for each widget that gets its first size.
    virtual_size = Reactive(Size(0, 0), layout=False)
    GUTTER = 1
    """Columns at the right that no text enters: the scroll mark stands there."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.top = 0
        """The first row that is shown."""
        self._painted: dict[int, tuple[Line, Lit, bool]] = {}
        self._inks: Inks | None = None

    # -- what subclasses say

    def count(self) -> int:
        """Return how many rows there are, the header not among them."""
        return 0

    def line(self, index: int, width: int) -> Line:
        """Return one row in at most `width` columns."""
        return ()

    def lit(self, index: int) -> Lit:
        """Return how a row stands out."""
        return Lit.NO

    def header(self, width: int) -> Line | None:
        """Return the line above the rows that does not scroll, or None."""
        return None

    # -- scrolling

    @property
    def room(self) -> int:
        """Columns that a line has."""
        return max(0, self.size.width - self.GUTTER)

    @property
    def headed(self) -> bool:
        """Whether a header takes the first line."""
        return self.header(self.room) is not None

    @property
    def page(self) -> int:
        """Rows that fit."""
        return max(1, self.size.height - self.headed)

    @property
    def last_top(self) -> int:
        """The first row that is shown where the last one is shown as well."""
        return max(0, self.count() - self.page)

    def scroll_rows(self, rows: int) -> None:
        """Scroll down by some rows, up where negative."""
        self.top = max(0, min(self.top + rows, self.last_top))
        self.repaint()

    def show_row(self, index: int) -> None:
        """Scroll as little as needed to show a row."""
        page = self.page
        self.top = max(index - page + 1, min(self.top, index))

    def index_at(self, y: int) -> int | None:
        """Return the row on the view's line `y`, or None."""
        index = y - self.headed + self.top
        return index if 0 <= index < self.count() and y >= self.headed else None

    # -- painting

    def repaint(self) -> None:
        """Paint the visible lines that changed, and nothing else."""
        if not self.size:
            return
        self.top = max(0, min(self.top, self.last_top))
        changed = [y for y in range(self.size.height) if self._painted.get(y) != self._at(y)]
        if changed:
            width = self.size.width
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Return one line of the view, for Textual."""
        self._painted[y] = line, lit, thumb = self._at(y)
        if self._inks is None:
            self._inks = Inks.of(self.app.theme_variables)
        base, inks = self.rich_style, self._inks
        if lit is not Lit.NO:
            base += inks[Ink.CURSOR if lit is Lit.CURSOR else Ink.AWAY]
        if lit is Lit.CURSOR:
            # A hit stands out on the cursor as well: it is what the cursor went there for.
            hit = base + inks[Tone.HIT]
            segments = [Segment(p.text, hit if p.tone is Tone.HIT else base) for p in line]
        else:
            segments = [Segment(p.text, base + inks[p.tone]) for p in line]
        width = self.size.width - thumb
        strip = Strip(segments).adjust_cell_length(width, base)
        if not thumb:
            return strip
        return Strip([*strip, Segment(_THUMB, base + inks[Ink.THUMB])], width + 1)

    def notify_style_update(self) -> None:
        """Forget what was painted when the looks change."""
        self._painted.clear()
        self._inks = None
        super().notify_style_update()

    def _at(self, y: int) -> tuple[Line, Lit, bool]:
        room = self.room
        header = self.header(room)
        if y == 0 and header is not None:
            return cut(header, room), Lit.NO, False
        row = y - (header is not None)
        index = row + self.top
        if not 0 <= index < self.count():
            return (), Lit.NO, False
        return cut(self.line(index, room), room), self.lit(index), self._thumb(row)

    def _thumb(self, row: int) -> bool:
        """Return whether the scroll mark stands beside a row of the view."""
        count, page = self.count(), self.page
        if count <= page or not self.GUTTER:
            return False
        size = max(1, page * page // count)
        first = (page - size) * self.top // max(1, count - page)
        return first <= row < first + size

    # -- the wheel

    def on_mouse_scroll_down(self) -> None:
        """Scroll down a little."""
        self.scroll_rows(3)

    def on_mouse_scroll_up(self) -> None:
        """Scroll up a little."""
        self.scroll_rows(-3)
