"""The sheet for a denial's reason: ready ones to choose from, or own words."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.sheets.paint import Field, key, padded, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.text import Shown, cells, clean, shorten

READY = (
    "Not now. Ask again later.",
    "I did not start this.",
    "Ask for less: these permissions are too wide.",
    "Wrong account or agent.",
    "Say in the reason what it is for.",
)
LONGEST = 200
"""Characters of own words."""


class ReasonSheet(Sheet[str | None]):
    """Gives the reason that the program will be told, or None where nothing is decided."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reason")]
    WIDEST = 70

    def __init__(self, client: str, symbols: Symbols = Symbols()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self._client = client
        self._symbols = symbols
        self._chosen = 0
        self._own = ""
        self._note = ""

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Deny, and say why"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The reasons, the field for own words, the keys."""
        name = shorten(clean(self._client, 128), max(8, width - 20))
        listed: list[Line] = [(Piece(Shown(f"Told to {name}:"), Tone.DIM),)]
        for number, text in enumerate(READY):
            listed.append(self._row(number, Piece(Shown(text)), width))
        room = width - 14
        typed = clean(self._own, LONGEST)
        while cells(typed) > room - 1:
            typed = Shown(typed[1:])
        field = Field(padded(f"{typed}_", room))
        listed.append((*self._row(len(READY), piece("own words "), width), field))
        keys = row(key("Enter", "deny with this", Tone.BAD), key("Esc", "decide nothing"), gap=3)
        note: Line = (piece(self._note, Tone.LOOK),) if self._note else ()
        return [*listed, note, keys] if self._note or rows > len(listed) + 3 else [*listed, keys]

    def _row(self, number: int, text: Piece, width: int) -> Line:
        if number != self._chosen:
            return (piece("  "), text)
        return (
            piece(f"{self._symbols.cursor} ", Tone.ACCENT),
            Piece(shorten(text.text, width - 2), Tone.STRONG),
        )

    def on_key(self, event: events.Key) -> None:
        """Whatever can be written goes to the own words, and chooses them."""
        self._note = ""
        if event.key == "backspace":
            self._own = self._own[:-1]
        elif event.key == "ctrl+u":
            self._own = ""
        elif event.is_printable and event.character:
            self._write(event.character)
        else:
            return
        event.stop()
        self.repaint()

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted words, as one visible line."""
        event.stop()
        self._write(clean(event.text, LONGEST))
        self.repaint()

    def _write(self, text: str) -> None:
        self._own = (self._own + text)[:LONGEST]
        self._chosen = len(READY)

    def action_move(self, rows: int) -> None:
        """Choose another reason."""
        self._chosen = max(0, min(self._chosen + rows, len(READY)))
        self.repaint()

    def action_send(self) -> None:
        """Give the chosen reason."""
        reason = READY[self._chosen] if self._chosen < len(READY) else self._own.strip()
        if reason:
            self.dismiss(reason)
        else:
            self._note = "Type your words first, or choose a line above."
            self.repaint()

    def action_cancel(self) -> None:
        """Decide nothing."""
        self.dismiss(None)
