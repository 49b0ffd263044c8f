"""A scrolling view of one-line rows that paints what is visible and repaints what changed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from entraclaw_tui.dashboard.lines import Line, Tone, cut


class Lit(StrEnum):
    """How a row stands out."""

    NO = ""
    CURSOR = "line--cursor"
    AWAY = "line--away"
    """The selected row of a pane without the focus."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Base of the panes. Subclasses say how many lines there are and what stands in each."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"tone--{tone}" for tone in Tone),
        "line--cursor",
        "line--away",
    }

    DEFAULT_CSS = """
    LineView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .tone--plain { color: $tone-plain; }
        & > .tone--dim { color: $tone-dim; }
        & > .tone--strong { color: $tone-strong; text-style: bold; }
        & > .tone--good { color: $tone-good; }
        & > .tone--look { color: $tone-look; }
        & > .tone--bad { color: $tone-bad; }
        & > .tone--accent { color: $tone-accent; }
        & > .tone--key { color: $tone-cursor-text; background: $tone-accent; text-style: bold; }
        & > .tone--alert { color: $tone-chip-text; background: $tone-look; text-style: bold; }
        & > .tone--badge { color: $tone-chip-text; background: $tone-good; text-style: bold; }
        & > .line--cursor { color: $tone-cursor-text; background: $tone-cursor; text-style: bold; }
        & > .line--away { background: $tone-cursor-away; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painted: dict[int, tuple[Line, Lit]] = {}

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

    # -- painting

    @property
    def headed(self) -> bool:
        """Whether a header takes the first line."""
        return self.header(self.room) is not None

    @property
    def room(self) -> int:
        """Columns that a line has beside the scrollbar."""
        return self.scrollable_content_region.width

    def resized(self) -> None:
        """Take up that there are more or fewer rows."""
        size = Size(0, self.count() + self.headed)
        if size != self.virtual_size:
            self.virtual_size = size

    def repaint(self) -> None:
        """Paint the visible lines that changed, and nothing else."""
        self.resized()
        changed = [y for y in range(self.size.height) if self._painted.get(y) != self._at(y)]
        if changed:
            width = self.room
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Return one line of the view, for Textual."""
        self._painted[y] = line, lit = self._at(y)
        width = self.room
        base = self.rich_style
        if lit is Lit.CURSOR:
            style = base + self.get_component_rich_style(lit.value, partial=True)
            segments: Iterable[Segment] = [Segment(p.text, style) for p in line]
            return Strip(segments).extend_cell_length(width, style).crop(0, width)
        if lit is Lit.AWAY:
            base = base + self.get_component_rich_style(lit.value, partial=True)
        segments = [Segment(p.text, base + self._tone(p.tone)) for p in line]
        return Strip(segments).extend_cell_length(width, base).crop(0, width)

    def notify_style_update(self) -> None:
        """Forget what was painted when the looks change."""
        self._painted.clear()
        super().notify_style_update()

    def _tone(self, tone: Tone) -> Style:
        return self.get_component_rich_style(f"tone--{tone}", partial=True)

    def _at(self, y: int) -> tuple[Line, Lit]:
        width = self.room
        headed = self.headed
        if y == 0 and headed:
            return cut(self.header(width) or (), width), Lit.NO
        index = self.index_at(y)
        if index is None:
            return (), Lit.NO
        return cut(self.line(index, width), width), self.lit(index)

    def index_at(self, y: int) -> int | None:
        """Return the row on the view's line `y`, or None."""
        index = y - self.headed + self.scroll_offset.y
        return index if 0 <= index < self.count() and y >= self.headed else None

    def show_row(self, index: int) -> None:
        """Scroll as little as needed to show a row."""
        page = max(1, self.size.height - self.headed)
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif index >= top + page:
            self.scroll_to(y=index - page + 1, animate=False)

    @property
    def page(self) -> int:
        """Rows that fit."""
        return max(1, self.size.height - self.headed)
