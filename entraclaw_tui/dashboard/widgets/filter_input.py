"""Where a filter is typed: it works while you type, Enter keeps it, Esc ends it."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from entraclaw_tui.dashboard.sought import example
from entraclaw_tui.dashboard.widgets.pane import Pane


class Asks(Protocol):
    """A screen with a message line."""

    async def ask(self, bar: FilterInput) -> None:
        """Let the person type, where the message line stands."""
        ...


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

    KEYS: tuple[tuple[str, str], ...] = (("Enter", "keep"), ("Esc", "show everything"))
    """What the footer says while it is open."""
    HINT = "show only rows with this text; ! before it turns it around"

    def __init__(self, pane: Pane) -> None:
        super().__init__(
            self.before(pane),
            placeholder=self.hint(pane),
            max_length=100,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self.done = False
        """Whether the person has left it: what is typed from then on is for the pane."""
        self._pane = pane

    # -- what it does with the text; subclasses do something else

    def hint(self, pane: Pane) -> str:
        """Return what it says while it is empty."""
        if not pane.FIELDS:
            return self.HINT
        return f"text, or {example(pane.FIELDS)}; ! before a word turns it around"

    def before(self, pane: Pane) -> str:
        """Return what stands in it at first."""
        return pane.sought

    def typed(self, text: str) -> None:
        """Filter as the text stands."""
        self._pane.filter(text)

    def kept(self) -> None:
        """Keep the filter, with letters that came together with Enter."""
        self._pane.filter(self.value)

    def stopped(self) -> None:
        """Show everything."""
        self._pane.filter("")

    # -- keys

    def on_input_changed(self, event: Input.Changed) -> None:
        """Act on the text as it stands."""
        event.stop()
        if not self.done:
            self.typed(event.value)

    def action_keep(self) -> None:
        """Go back to the pane with what was typed."""
        self.kept()
        self._leave()

    def action_stop_filter(self) -> None:
        """Go back to the pane as if nothing was typed."""
        self.stopped()
        self._leave()

    def on_blur(self) -> None:
        """Keep what was typed when the person goes elsewhere."""
        self.done = True
        self.post_message(self.Left())
        self.remove()

    def _leave(self) -> None:
        self.done = True
        self.screen.set_focus(self._pane, scroll_visible=False)  # the blur does the rest
