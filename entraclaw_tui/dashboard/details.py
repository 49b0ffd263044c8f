"""Everything that is known of one row, over the panes; Esc goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Tone, folded, piece
from entraclaw_tui.dashboard.sheets.sheet import Sheet


class DetailSheet(Sheet[None]):
    """The facts of a row, wrapped, with a scroll of its own. It decides nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("details")]

    def __init__(self, title: str, facts: Callable[[], list[Line]]) -> None:
        super().__init__()
        self.add_class("-calm")
        self._title_line: Line = (piece(title),)
        self._facts = facts
        self._top = 0
        self._more = 0

    def view_changed(self) -> None:
        """Tell anew what may have changed."""
        self.repaint()

    def title_text(self) -> Line:
        """Return the pane's title."""
        return self._title_line

    def subtitle_text(self) -> Line:
        """Return how to go back, and how much is out of sight."""
        more = f"{self._more} more below  " if self._more else ""
        return (piece(f"{more}Esc back", Tone.DIM),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """Return the facts that fit, from where the person scrolled to."""
        whole: list[Line] = [
            (),
            *(part for line in self._facts() for part in folded(line, width)),
            (),
        ]
        self._top = max(0, min(self._top, len(whole) - rows))
        self._more = max(0, len(whole) - self._top - rows)
        return whole[self._top : self._top + rows]

    def action_scroll(self, rows: int) -> None:
        """Move through the facts."""
        self._top += rows
        self.repaint()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
