"""The person's sign-in by device code: the code and the address, large, and a code to photograph.

The worker waits for the person at the other screen; this sheet may be closed meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import ClassVar, Literal

from textual.binding import BindingType

from entraclaw_tui.dashboard import qr
from entraclaw_tui.dashboard.action import UNLOCK_FIRST
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import refusals
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.paint import Field, Print, key, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.text import Shown, cells, clean, shorten

LOOK: float = 1.0
"""Seconds between two questions to the worker while a sign-in waits."""
_BESIDE = 2
"""Columns between the words and the code to photograph."""
_WORDS = 34
"""Columns that the words need beside it."""
_SIGNS = Symbols()
Step = Literal["start", "status", "cancel", "sign_out"]


class SignInSheet(Sheet[None]):
    """Shows where the sign-in stands, and what can be done about it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sign_in")]
    WIDEST = 78

    def __init__(
        self,
        link: WorkerLink,
        copy: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        symbols: Symbols = _SIGNS,
    ) -> None:
        super().__init__()
        self._link = link
        self._copy = copy
        self._clock = clock
        self._readonly = readonly
        self._symbols = symbols
        self._seen: SignIn | None = None
        self._note = ""
        self._busy = False
        self._copied = False

    def on_mount(self) -> None:
        """Ask where it stands, now and while it waits."""
        self._ask("status")
        self.set_interval(LOOK, self._follow)

    def view_changed(self) -> None:
        """The worker came, went or locked."""
        self.repaint()

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Sign-in"),)

    # -- what it shows ------------------------------------------------------------------------

    def lines(self, width: int, rows: int) -> list[Line]:
        """Who, where it stands, what to do, the keys; the code to photograph beside the words."""
        picture = self._picture(width, rows - 2)
        room = width - len(picture[0]) - _BESIDE if picture else width
        told = [*self._who(room), *self._state(room), *self._notes(room)]
        if picture:
            told = beside(told, picture, room + _BESIDE)
        gap: list[Line] = [()] if rows > len(told) + 1 else []
        return [*told, *gap, self._keys()]

    def _who(self, width: int) -> list[Line]:
        seen = self._seen
        if seen is None:
            return []
        word = "is signed in" if seen.signed_in else "is not signed in"
        tone = Tone.GOOD if seen.signed_in else Tone.LOOK
        name = clean(seen.account, 120)
        if cells(name) + len(word) < width:
            return [(Piece(name, Tone.STRONG), piece(f" {word}", tone))]
        return [(Piece(shorten(name, width), Tone.STRONG),), (piece(word, tone),)]

    def _state(self, width: int) -> list[Line]:
        seen = self._seen
        if seen is None or seen.state in ("none", "cancelled"):
            return []
        if seen.state == "done":
            return [(piece("The sign-in is stored.", Tone.GOOD),)]
        if seen.state in ("failed", "expired"):
            text = f"{clean(seen.message, 300)} {clean(seen.hint, 300)}".strip()
            return [(Piece(line, Tone.LOOK),) for line in wrap(clean(text), width)]
        if not seen.user_code:
            told = "A sign-in waits; its code is shown in the panel that began it."
            return [(Piece(line),) for line in wrap(Shown(told), width)]
        left = max(0, ceil(seen.expires_at - self._clock()))
        return [
            (),
            (piece("In a browser on any device open", Tone.DIM),),
            *((Piece(line, Tone.ACCENT),) for line in wrap(clean(seen.verification_uri), width)),
            (piece("and enter", Tone.DIM),),
            (Field(Shown(f" {' '.join(clean(seen.user_code, 40))} ")),),
            (piece(f"within {left // 60}:{left % 60:02d} minutes.", Tone.DIM),),
        ]

    def _picture(self, width: int, room: int) -> list[Shown]:
        seen = self._seen
        if seen is None or not seen.verification_uri:
            return []
        drawn = qr.rows(seen.verification_uri, self._symbols)
        if not drawn or len(drawn) > room or len(drawn[0]) + _BESIDE + _WORDS > width:
            return []
        return drawn

    def _notes(self, width: int) -> list[Line]:
        view = self._link.view
        note = self._note if view.connected else view.reason
        return [(Piece(line, Tone.LOOK),) for line in wrap(clean(note), width)] if note else []

    def _keys(self) -> Line:
        seen, caps = self._seen, []
        if self._waits:
            caps.append(key("c", "copy address" if self._copied else "copy code"))
            caps.append(key("x", "cancel it"))
        elif seen is not None and not self._readonly:
            if self._link.view.unlocked:
                caps.append(key("s", "new code" if seen.state == "expired" else "sign in"))
            else:
                caps.append(key("u", "unlock to sign in"))
            if seen.signed_in:
                caps.append(key("O", "sign out"))
        caps.append(key("Esc", "back"))
        return row(*caps, gap=3)

    @property
    def _waits(self) -> bool:
        seen = self._seen
        return seen is not None and seen.state == "waiting" and bool(seen.user_code)

    # -- keys ---------------------------------------------------------------------------------

    def action_begin(self) -> None:
        """Begin, where the session is open."""
        if self._readonly or self._waits:
            return
        if not self._link.view.unlocked:
            self._say(UNLOCK_FIRST)
            return
        self._copied = False
        self._say(f"Asking Entra for a code{self._symbols.ellipsis}")
        self._ask("start")

    def action_unlock(self) -> None:
        """Ask for the PIN."""
        if not self._readonly and not self._link.view.unlocked:
            self.app.push_screen(UnlockSheet(self._link, self._clock))

    def action_copy(self) -> None:
        """Copy the code, then the address: they are needed in this order or the other."""
        if not self._waits or self._seen is None:
            return
        if self._copied:
            self._copy(self._seen.verification_uri, "the address")
        else:
            self._copy(self._seen.user_code, "the code")
        self._copied = not self._copied
        self.repaint()

    def action_cancel(self) -> None:
        """End the sign-in that waits."""
        if self._seen is not None and self._seen.state == "waiting":
            self._ask("cancel")

    def action_sign_out(self) -> None:
        """Forget the sign-in, after a question."""
        seen = self._seen
        if self._readonly or seen is None or not seen.signed_in:
            return

        def sure(yes: bool | None) -> None:
            if yes:
                self._ask("sign_out")

        self.app.push_screen(
            ConfirmSheet(
                f"Sign {clean(seen.account, 120)} out?",
                effect="The agent can get no new token for this person until the next sign-in. "
                "Tokens that live go on to their end; revoke their grants to end them now.",
                yes="sign out",
            ),
            sure,
        )

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    # -- asking the worker ----------------------------------------------------------------------

    def _follow(self) -> None:
        seen = self._seen
        if seen.state == "waiting" if seen is not None else self._link.view.connected:
            self._ask("status")

    def _ask(self, step: Step) -> None:
        if self._busy and step == "status":
            return
        self._busy = True
        self.app.run_worker(self._answer(step), exit_on_error=False)

    async def _answer(self, step: Step) -> None:
        try:
            self._seen = await self._link.sign_in(step)
            if step != "status" or self._seen.state != "waiting":
                self._note = ""
        except (WireError, ConnectionLost) as error:
            self._note = refusals.plain(error)[0]
        finally:
            self._busy = False
            self.repaint()

    def _say(self, text: str) -> None:
        self._note = text
        self.repaint()


def beside(told: list[Line], picture: list[Shown], room: int) -> list[Line]:
    """Return the rows of words, each with its row of the picture after `room` columns."""
    rows: list[Line] = []
    for at in range(max(len(told), len(picture))):
        words = told[at] if at < len(told) else ()
        blank = room - sum(cells(part.text) for part in words)
        drawn = (Print(picture[at]),) if at < len(picture) else ()
        rows.append((*words, piece(" " * max(0, blank)), *drawn))
    return rows
