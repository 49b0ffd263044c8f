"""What the selected request is about, below the list where one pane has the window."""

from __future__ import annotations

from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.panes.requests import RequestsPane
from entraclaw_tui.dashboard.request_summary import summary
from entraclaw_tui.dashboard.widgets.line_view import LineView


class Preview(LineView, can_focus=False):
    """A few lines of the request under the cursor; Enter opens the whole of it."""

    def __init__(self, requests: RequestsPane) -> None:
        super().__init__(id="preview")
        self._requests = requests

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines())

    def line(self, index: int, width: int) -> Line:
        """Return one line."""
        lines = self._lines()
        return lines[index] if index < len(lines) else ()

    def _lines(self) -> list[Line]:
        row = self._requests.selected
        if row is None:
            return [(piece("What the selected request is about shows here.", Tone.DIM),)]
        return summary(row)
