"""Where a filter is typed: it works while you type, Enter keeps it, Esc ends it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from entraclaw_tui.dashboard.widgets.pane import Pane


class FilterInput(Input):
    """Filters one pane. It takes the message line's place while it is open."""

    DEFAULT_CSS = """
    FilterInput, FilterInput:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $tone-raised;
        color: $tone-plain;
    }
    """

    class Left(Message):
        """The filter is no longer being typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop_filter", "End the filter"),
        Binding("enter", "keep", "Keep the filter"),
    ]

    def __init__(self, pane: Pane) -> None:
        super().__init__(
            pane.sought,
            placeholder="show only rows with this text; ! before it turns it around",
            max_length=100,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self._pane = pane

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as the text stands."""
        event.stop()
        self._pane.filter(event.value)

    def action_keep(self) -> None:
        """Go back to the pane, filtered."""
        self._leave()

    def action_stop_filter(self) -> None:
        """Go back to the pane, with everything in it."""
        self._pane.filter("")
        self._leave()

    def on_blur(self) -> None:
        """Keep what was typed when the person goes elsewhere."""
        self.post_message(self.Left())
        self.remove()

    def _leave(self) -> None:
        self._pane.focus()  # the blur does the rest
