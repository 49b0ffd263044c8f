"""A sheet about one row that may ask the Mac for more; it shows where it stands, and its keys."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.lines import Line, Piece, piece

TICK = 5.0
"""Seconds between two looks at ages and at what sources say by now."""


class RowSheet(DetailSheet):
    """Base of the drill-downs. What it asked for goes on while it is closed, and is kept."""

    def __init__(self, desk: Desk, pane: str, name: Piece, facts: Callable[[], list[Line]]) -> None:
        super().__init__(pane, facts)
        self.desk = desk
        self.asking = False
        """Whether an answer is on its way."""
        self._title_line = (piece(f"{pane} {desk.symbols.arrow} "), name)

    def keys(self) -> Line:
        """Return the sheet's own keys, as far as they work now."""
        return ()

    def on_mount(self) -> None:
        """Look again now and then."""
        self.set_interval(TICK, self.repaint)

    def subtitle_text(self) -> Line:
        """Return the keys, how much is out of sight, and how to go back."""
        own = self.keys()
        return (*own, *((piece("  "),) if own else ()), *super().subtitle_text())

    def ask(self, question: Coroutine[object, object, object]) -> None:
        """Let an answer come; never two at a time."""
        if self.asking:
            question.close()
            return
        self.asking = True
        self.repaint()
        # The app's and not the sheet's: closing the sheet must not throw the answer away.
        self.app.run_worker(self._answer(question), exit_on_error=False)

    async def _answer(self, question: Coroutine[object, object, object]) -> None:
        try:
            await question
        finally:
            self.asking = False
            self.repaint()
