"""The keys of the place in focus and of everywhere, straight from the action table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.action import Action, Situation
from entraclaw_tui.dashboard.action_table import PLACES
from entraclaw_tui.dashboard.actions import actions, bindings, reason_disabled
from entraclaw_tui.dashboard.keymap import Keymap
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.sheets.paint import key, padded, row
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.text import Shown

Fields: TypeAlias = Sequence[tuple[str, str]]
"""What a pane's filter can name, each with an example."""

_ROOM = 14
_WIDE = _ROOM + 4


class HelpSheet(Sheet[None]):
    """Lists the keys of `places` in that order: the pane in focus first, then `app`.

    With a `situation` it also says why a key does not work now; a panel that only looks lists no
    key that changes something.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]
    WIDEST = 84

    def __init__(
        self,
        *places: str,
        situation: Situation | None = None,
        fields: Fields = (),
        keys: Keymap | None = None,
    ) -> None:
        super().__init__()
        self._fields = fields
        self._keys = keys or Keymap()
        self._places = places or ("app",)
        self._situation = situation
        self._scroller = Scroller()
        self._room = 1
        self.add_class("-calm")

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Keys"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The keys, as many as fit."""
        listed: list[Line] = []
        told: set[str] = set()
        for place in self._places:
            # The place in focus goes first: a key that it takes means nothing else here.
            new = [a for a in self._of(place) if not told.issuperset(a.keys)]
            told.update(key for a in new for key in a.keys)
            rows_of_place = [line for a in new for line in self._row(a, width)]
            if place == self._places[0]:
                rows_of_place += self._filters(width)
            if rows_of_place:
                listed += [()] if listed else []
                listed += [(piece(PLACES[place], Tone.ACCENT),), *rows_of_place]
        self._room = max(1, rows - 2)
        shown = self._scroller.window(listed, (), self._room)
        return [*shown, (), row(key("Esc", "back"))]

    def _of(self, place: str) -> list[Action]:
        readonly = self._situation is not None and self._situation.readonly
        return [self._keys.of(a) for a in actions(place) if not (readonly and a.dangerous)]

    def _row(self, action: Action, width: int) -> list[Line]:
        first, *rest = wrap(Shown(action.help), width - _ROOM - 2)
        keys = Piece(padded(f"  {action.shown}", _ROOM + 2), Tone.STRONG)
        rows: list[Line] = [(keys, Piece(first))]
        blank = piece(" " * (_ROOM + 2))
        rows += [(blank, Piece(text)) for text in rest]
        if self._situation is not None and (why := reason_disabled(action, self._situation)):
            for text in wrap(Shown(f"Not now: {why}"), width - _ROOM - 2):
                rows.append((blank, Piece(text, Tone.LOOK)))
        return rows

    def _filters(self, width: int) -> list[Line]:
        """Return how the filter names fields of the pane in focus."""
        told = [f"Filter by {name} alone." for name, _ in self._fields]
        if told:
            told[-1] += " Several words narrow it down; ! before one turns it around."
        rows: list[Line] = []
        for (name, value), text in zip(self._fields, told, strict=True):
            typed = Shown(f"  /{name}:{value}")
            first, *rest = wrap(Shown(text), width - _WIDE)
            rows.append((Piece(padded(typed, _WIDE), Tone.STRONG), Piece(first)))
            rows += [(piece(" " * _WIDE), Piece(more)) for more in rest]
        return rows

    def action_scroll_down(self) -> None:
        """Scroll down."""
        self._move(1)

    def action_scroll_up(self) -> None:
        """Scroll up."""
        self._move(-1)

    def action_page(self, by: int) -> None:
        """Scroll by what is visible, but for two rows."""
        self._move(by * max(1, self._room - 3))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        self._move(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        self._move(-2)

    def _move(self, rows: int) -> None:
        self._scroller.move(rows)
        self.repaint()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
