"""Which logs are shown: each can be switched by itself, and says how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.sheets.paint import key, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.text import Shown, clean, shorten, shorten_path

_NAME, _COUNT = 10, 8


@dataclass(frozen=True, slots=True)
class Told:
    """What the sheet says of one log."""

    origin: str
    lines: int
    """How many came since the panel began."""
    place: str
    """Its file or tool, as a path of the Mac."""
    trouble: str = ""
    """Why it cannot be read, in a sentence."""


class SourcesSheet(Sheet[None]):
    """Lists the logs. What is switched shows behind it at once."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sources")]

    def __init__(
        self,
        told: Callable[[], list[Told]],
        off: Callable[[], frozenset[str]],
        switch: Callable[[frozenset[str]], None],
        symbols: Symbols,
    ) -> None:
        super().__init__()
        self.add_class("-calm")
        self._told = told
        self._off = off
        self._switch = switch
        self._symbols = symbols
        self._index = 0

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Which logs are shown"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """One row a log, the trouble of each below it, and the keys; as many as fit."""
        listed: list[Line] = []
        selected = 0
        for number, told in enumerate(self._told()):
            if number == self._index:
                selected = len(listed)
            listed += self._row(number, told, width)
        keys = row(key("Space", "on or off"), key("o", "only this"), key("a", "all"))
        foot: list[Line] = [(), row(*(keys,), key("Esc", "back"))]
        room = max(1, rows - len(foot))
        top = max(0, min(selected - room // 2, len(listed) - room))
        return [*listed[top : top + room], *foot]

    def _row(self, number: int, told: Told, width: int) -> list[Line]:
        here = number == self._index
        on = told.origin not in self._off()
        tone = Tone.ACCENT if here else Tone.PLAIN if on else Tone.DIM
        head: Line = (
            piece(f"{self._symbols.cursor if here else ' '} {number + 1} ", tone),
            piece("[x] " if on else "[ ] ", tone),
            Piece(Shown(clean(told.origin, _NAME).ljust(_NAME)), tone),
            piece(f"{told.lines:>{_COUNT},}  ", Tone.DIM),
        )
        # Of a path the end tells the most, of a sentence the start.
        short = shorten_path if told.place.startswith("/") else shorten
        place = short(clean(told.place, 300), max(0, width - length(head)))
        lines: list[Line] = [(*head, Piece(place, Tone.DIM))]
        if told.trouble:
            blank = piece(" " * 8)
            sign = piece(f"{self._symbols.look} ", Tone.LOOK)
            for n, text in enumerate(wrap(clean(told.trouble, 300), width - 10)):
                lines.append((blank, sign if n == 0 else piece("  "), Piece(text, Tone.LOOK)))
        return lines

    # -- keys

    def action_move(self, by: int) -> None:
        """Go to another log."""
        self._index = max(0, min(self._index + by, len(self._told()) - 1))
        self.repaint()

    def action_switch(self) -> None:
        """Show the selected log, or leave it out."""
        if origin := self._origin(self._index):
            self._set(self._off() ^ {origin})

    def action_number(self, number: int) -> None:
        """Show the log with this number, or leave it out."""
        if origin := self._origin(number - 1):
            self._index = number - 1
            self._set(self._off() ^ {origin})

    def action_only(self) -> None:
        """Show the selected log alone."""
        if origin := self._origin(self._index):
            self._set(frozenset(told.origin for told in self._told()) - {origin})

    def action_all(self) -> None:
        """Show every log."""
        self._set(frozenset())

    def _origin(self, index: int) -> str:
        told = self._told()
        return told[index].origin if 0 <= index < len(told) else ""

    def _set(self, off: frozenset[str]) -> None:
        self._switch(off)
        self.repaint()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
