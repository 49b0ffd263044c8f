"""The sheet of a new rule of the policy: its kind, and what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.policy_draft import Kind, RuleTrouble
from entraclaw_tui.dashboard.sheets.paint import Field, key, padded, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.text import Shown, cells, clean

LONGEST = 400
_EXAMPLES = {
    Kind.REFUSE_SCOPE: "Mail.Send",
    Kind.REFUSE_RESOURCE: "https://graph.microsoft.com",
    Kind.MEDIUM: "User.Read",
    Kind.HIGH: "Files.Read",
    Kind.ONCE_SCOPE: "Mail.Read",
    Kind.ONCE_CLIENT: "/usr/local/bin/mail-helper",
}


class RuleSheet(Sheet[None]):
    """Takes a kind and a name; `add` raises RuleTrouble where that is no rule."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rule")]
    WIDEST = 70

    def __init__(self, add: Callable[[Kind, str], None], symbols: Symbols) -> None:
        super().__init__()
        self._add = add
        self._symbols = symbols
        self._chosen = 0
        self._typed = ""
        self._note = ""

    @property
    def kind(self) -> Kind:
        """The chosen kind."""
        return list(Kind)[self._chosen]

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("A new rule"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The kinds, the field, what is wrong with it, the keys."""
        listed: list[Line] = []
        for number, kind in enumerate(Kind):
            here = number == self._chosen
            mark = f"{self._symbols.cursor} " if here else "  "
            listed.append(
                (piece(mark, Tone.ACCENT), piece(kind.value, Tone.STRONG if here else Tone.PLAIN))
            )
        typed = clean(self._typed, LONGEST)
        while cells(typed) > width - 10:
            typed = Shown(typed[1:])
        field = Field(padded(f"{typed}_", width - 8))
        told = f"{self._note} For example {_EXAMPLES[self.kind]}".strip()
        tone = Tone.LOOK if self._note else Tone.DIM
        notes: list[Line] = [(Piece(text, tone),) for text in wrap(clean(told, 300), width)]
        gap: list[Line] = [()] if rows >= len(listed) + len(notes) + 4 else []
        keys = row(key("Enter", "add to the draft"), key("Esc", "no rule"), gap=3)
        return [*listed, *gap, (piece("name  ", Tone.DIM), field), *notes, *gap, keys]

    def on_key(self, event: events.Key) -> None:
        """Whatever can be written goes into the field."""
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.key == "ctrl+u":
            self._typed = ""
        elif event.is_printable and event.character:
            self._typed = (self._typed + event.character)[:LONGEST]
        else:
            return
        self._note = ""
        event.stop()
        self.repaint()

    def on_paste(self, event: events.Paste) -> None:
        """Take a pasted name, as one visible line: it only goes into the draft."""
        event.stop()
        self._typed = (self._typed + clean(event.text, LONGEST))[:LONGEST]
        self.repaint()

    def action_move(self, by: int) -> None:
        """Choose another kind."""
        self._chosen = max(0, min(self._chosen + by, len(Kind) - 1))
        self._note = ""
        self.repaint()

    def action_add(self) -> None:
        """Add it, or say why not; what was typed stays."""
        try:
            self._add(self.kind, self._typed)
        except RuleTrouble as trouble:
            self._note = str(trouble)
            self.repaint()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Add nothing."""
        self.dismiss(None)
