"""The sheet that opens the approver session with the PIN."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Tone, piece, wrap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import refusals
from entraclaw_tui.dashboard.sheets.allowance import refusal
from entraclaw_tui.dashboard.sheets.digits import PIN_DIGITS, Digits
from entraclaw_tui.dashboard.sheets.paint import Field, key, key_off, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.text import Shown, clean

_ABOUT = (
    "Your PIN opens this panel's session, so that you can allow requests. It locks by itself "
    "after 10 minutes without a key, with the screen, and when you leave."
)


class UnlockSheet(Sheet[bool]):
    """Asks for the PIN. Gives True once the session is open, False where it stays locked."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("unlock")]
    WIDEST = 66

    def __init__(self, link: WorkerLink, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._digits = Digits()
        self._note = ""
        self._sending = False
        self._retry_at = 0.0

    def on_mount(self) -> None:
        """Count the seconds to the next try."""
        self.set_interval(0.25, self.repaint)

    def view_changed(self) -> None:
        """Close once the session is open."""
        if self._link.view.unlocked and self.is_current:
            self.dismiss(True)
        else:
            self.repaint()

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Unlock"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """What it is for, the field, what went wrong, the keys."""
        about: list[Line] = [(piece(text),) for text in wrap(Shown(_ABOUT), width)]
        field = Field(Shown(f" {self._digits.dots(PIN_DIGITS)} "))
        note = self._hindrance() or self._note
        notes: list[Line] = [(piece(text, Tone.LOOK),) for text in wrap(clean(note), width)] or [()]
        enter = key if len(self._digits) >= PIN_DIGITS and not self._hindrance() else key_off
        keys = row(enter("Enter", "unlock"), key("Esc", "stay locked"), gap=3)
        gap: list[Line] = [()] if rows >= len(about) + len(notes) + 5 else []
        if refusal(self._link.view.session):
            return [*about, *gap, *notes, *gap, row(key("Esc", "back"))]
        entry = (piece("PIN  ", Tone.DIM), field)
        return [*about, *gap, entry, *notes, *gap, keys]

    def _hindrance(self) -> str:
        """Return why no PIN is taken now; else empty."""
        view = self._link.view
        if not view.connected:
            return view.reason
        if reason := refusal(view.session):
            return reason
        until = max(self._retry_at, (view.session and view.session.retry_at) or 0.0)
        wait = until - self._clock()
        return f"{self._note} Next try in {ceil(wait)} s.".strip() if wait > 0 else ""

    def on_key(self, event: events.Key) -> None:
        """Digits go to the field, and only they."""
        if event.key == "backspace":
            self._digits.back()
        elif not (event.character and self._digits.add(event.character)):
            return
        self._note = ""
        event.stop()
        self.repaint()

    def on_paste(self, event: events.Paste) -> None:
        """Take nothing from a clipboard."""
        event.stop()
        self._say("Pasted text is not taken. Type the PIN.")

    def action_submit(self) -> None:
        """Send the PIN where it is long enough."""
        if self._sending:
            return
        if hindrance := self._hindrance():
            self._digits.clear()
            self._say(self._note if hindrance.startswith(self._note) else "")
        elif len(self._digits) < PIN_DIGITS:
            self._say(f"A PIN has {PIN_DIGITS} digits or more.")
        else:
            self._sending = True
            self._say("Checking\u2026")
            self.app.run_worker(self._unlock(self._digits.take()), exit_on_error=False)

    def action_cancel(self) -> None:
        """Stay locked."""
        self._digits.clear()
        self.dismiss(False)

    async def _unlock(self, pin: str) -> None:
        try:
            session = await self._link.unlock(pin)
            note = "" if session.unlocked else "It stays locked."
        except (WireError, ConnectionLost) as error:
            note, wait = refusals.plain(error)
            self._retry_at = self._clock() + wait
        except Exception as error:  # its traceback would show the PIN
            note = f"The PIN could not be sent ({type(error).__name__})."
        self._sending = False
        if self.is_current and not note:
            self.dismiss(True)
        else:
            self._say(note)

    def _say(self, text: str) -> None:
        self._note = text
        self.repaint()
