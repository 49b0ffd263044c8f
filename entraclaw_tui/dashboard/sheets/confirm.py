"""The sheet that asks before something is done: it shows the command, and Cancel has the focus."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.sheets.arming import Arming
from entraclaw_tui.dashboard.sheets.paint import key, key_off, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet, age
from entraclaw_tui.text import Shown, clean, shorten


class ConfirmSheet(Sheet[bool]):
    """Asks one question. Gives True for yes, False for anything else.

    `question` and `effect` are sentences, `command` is the program and arguments that will run,
    shown as a shell would take them. Enter and Esc cancel; `y` does it, once the sheet has been
    there for a moment.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("confirm")]
    WIDEST = 76

    def __init__(
        self,
        question: str,
        *,
        effect: str = "",
        command: Sequence[str] = (),
        yes: str = "do it",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._question = question
        self._effect = effect
        self._command = tuple(command)
        self._yes = yes
        self._monotonic = monotonic
        self._arming = Arming()
        self._note = ""

    def on_mount(self) -> None:
        """Take no yes before the sheet was there."""
        self.call_after_refresh(lambda: self._arming.painted(self._monotonic()))
        self.set_interval(0.1, self.repaint)

    @property
    def armed(self) -> bool:
        """Whether a yes would count now."""
        return self._arming.ready(self._monotonic())

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Sure?"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The question, the effect, the command, the keys."""
        told: list[Line] = [
            (Piece(text, Tone.STRONG),) for text in wrap(clean(self._question, 400), width)
        ]
        if self._effect:
            told += [(Piece(text),) for text in wrap(clean(self._effect, 1000), width)]
        if self._command:
            told += [(), (piece("runs", Tone.DIM),)]
            told += [
                (piece("  "), Piece(text, Tone.ACCENT))
                for text in wrap(clean(shlex.join(self._command), 4000), width - 2)
            ]
        most = max(1, rows - 2)
        if len(told) > most:
            more = f"{len(told) - most + 1} more rows: make the window larger"
            told = [*told[: most - 1], (Piece(shorten(Shown(more), width), Tone.LOOK),)]
        does = key if self.armed else key_off
        keys = row(key("Enter", "cancel"), does("y", clean(self._yes, 40)), gap=3)
        note: Line = (piece(self._note, Tone.LOOK),) if self._note else ()
        return [*told, note, keys]

    def on_key(self, event: events.Key) -> None:
        """Note when keys come."""
        self._arming.key(self._monotonic() - age(event))
        self._note = ""

    def action_yes(self) -> None:
        """Do it, where the key was meant."""
        if self._arming.take():
            self.dismiss(True)
        else:
            self._note = "Too soon: wait a moment, then press y."
            self.repaint()

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(False)
