"""The keys that move the cursor: by how many rows each goes."""

from __future__ import annotations

from entraclaw_tui.dashboard.widgets.pane import Pane


class RowKeys(Pane):
    """Base of panes whose cursor goes from row to row."""

    def step(self, rows: int) -> None:
        """Move by some rows, up where negative, and not beyond the first or the last."""
        raise NotImplementedError

    def action_cursor_down(self) -> None:
        """Go down a row."""
        self.step(1)

    def action_cursor_up(self) -> None:
        """Go up a row."""
        self.step(-1)

    def action_page_down(self) -> None:
        """Go down a page."""
        self.step(self.page)

    def action_page_up(self) -> None:
        """Go up a page."""
        self.step(-self.page)

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self.step(-self.count())

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self.step(self.count())
