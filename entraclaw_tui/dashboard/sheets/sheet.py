"""What all sheets share: one framed box of lines in the middle, drawn anew where it changed."""

from __future__ import annotations

import time
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from entraclaw_tui.dashboard.lines import Line
from entraclaw_tui.dashboard.sheets.paint import content

R = TypeVar("R")


class Sheet(ModalScreen[R]):
    """A modal with one thing to decide. It has nothing to focus: keys mean what the sheet says.

    Textual runs `on_mount` and `on_resize` of every class, the subclass's first.
    """

    DEFAULT_CSS = """
    Sheet { align: center middle; }
    Sheet > #box {
        height: auto;
        max-height: 100%;
        background: $surface;
        border: round $warning;
        border-title-color: $warning;
        border-title-style: bold;
        border-subtitle-color: $foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    Sheet.-calm > #box { border: round $primary; border-title-color: $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "app.quit", "quit", show=False),
        Binding("ctrl+z", "app.suspend_process", "suspend", show=False),
    ]
    WIDEST = 92

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """One box."""
        yield Static(id="box", markup=False)

    def on_mount(self) -> None:
        """Draw it the first time."""
        self.repaint()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it for the new size."""
        self.repaint()

    def view_changed(self) -> None:
        """What the worker says has changed."""

    def title_text(self) -> Line:
        """Return the title in the frame."""
        return ()

    def subtitle_text(self) -> Line:
        """Return what stands in the frame's lower edge."""
        return ()

    def lines(self, width: int, rows: int) -> list[Line]:
        """Return what the box shows in `width` columns and at most `rows` rows."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw what changed, if anything did."""
        if not self.is_mounted:
            return
        size = self.app.size
        wide = min(self.WIDEST, size.width)
        padding = 2 if wide >= 70 else 1
        lines = self.lines(wide - 2 - 2 * padding, max(1, size.height - 2))
        now = (wide, lines, self.title_text(), self.subtitle_text())
        if now == self._shown:
            return
        self._shown = now
        box = self.query_one("#box", Static)
        box.styles.width = wide
        box.styles.padding = (0, padding)
        box.border_title = content([now[2]])
        box.border_subtitle = content([now[3]])
        box.update(content(lines))


def age(event: events.Event) -> float:
    """Return how many seconds ago a key was pressed.

    A busy panel takes keys late: what counts is how long the person paused between them.
    """
    return max(0.0, time.monotonic() - event.time)
