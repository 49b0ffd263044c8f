"""The sheet of the clients: who is blocked or rests, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import client_rows, words
from entraclaw_tui.dashboard.action import UNLOCK_FIRST, Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import allowance, refusals
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.paint import key, key_off, key_rows, row
from entraclaw_tui.dashboard.sheets.sheet import Sheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import Client
from entraclaw_tui.text import Shown, clean, shorten, shorten_path

_NOBODY = "No program has asked yet. Each that does is listed here, blocked ones first."
_SIGNS = Symbols()
_NAME = 28
_LOOK = 5.0


class ClientsSheet(Sheet[None]):
    """Lists the clients. The selected one stays selected and each keeps its row, whatever comes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("clients")]
    WIDEST = 80

    def __init__(
        self,
        link: WorkerLink,
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        symbols: Symbols = _SIGNS,
    ) -> None:
        super().__init__()
        self.add_class("-calm")
        self._link = link
        self._clock = clock
        self._readonly = readonly
        self._symbols = symbols
        self._identity = ""
        self._places: tuple[str, ...] = ()
        self._cut = False
        self._note = ""

    def on_mount(self) -> None:
        """Tell ages anew now and then."""
        self.set_interval(_LOOK, self.repaint)

    def view_changed(self) -> None:
        """The worker came, went, or knows something new."""
        self.repaint()

    def title_text(self) -> Line:
        """The frame's title."""
        return (piece("Clients"),)

    def subtitle_text(self) -> Line:
        """Where the cursor is among more than are visible; how many may not ask."""
        now, clients = self._clock(), self._clients
        count = sum(client_rows.held(each, now) for each in clients)
        held = (piece(f"{count} may not ask", Tone.LOOK),) if count else ()
        here = self.selected
        if here is None or not self._cut:
            return held
        return (piece(f"{clients.index(here) + 1} of {len(clients)}  ", Tone.DIM), *held)

    # -- what it shows ------------------------------------------------------------------------

    @property
    def _clients(self) -> list[Client]:
        snapshot = self._link.view.snapshot
        if snapshot is None:
            return []
        found = client_rows.steady(snapshot.clients, self._places, self._clock())
        self._places = tuple(client.identity for client in found)
        return found

    @property
    def selected(self) -> Client | None:
        """The client under the cursor."""
        clients = self._clients
        found = next((c for c in clients if c.identity == self._identity), None)
        return found or (clients[0] if clients else None)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The clients around the selected one, what is known of it, the keys."""
        clients, here = self._clients, self.selected
        if here is None:
            nobody: list[Line] = [(Piece(t, Tone.DIM),) for t in wrap(Shown(_NOBODY), width)]
            return [*nobody, *self._notes(width), *self._keys(None, width)]
        foot = [*self._about(here, width), *self._notes(width), *self._keys(here, width)]
        gap: list[Line] = [()] if rows > len(clients) + len(foot) else []
        room = max(1, rows - len(foot) - len(gap))
        self._cut = len(clients) > room
        top = max(0, min(clients.index(here) - room // 2, len(clients) - room))
        shown = [self._row(each, each is here, width) for each in clients[top : top + room]]
        return [*shown, *gap, *foot]

    def _row(self, client: Client, here: bool, width: int) -> Line:
        name = shorten(words.program(client.executable), min(_NAME, width - 30))
        told, tone = client_rows.state(client, self._clock())
        return (
            piece(f"{self._symbols.cursor} " if here else "  ", Tone.ACCENT),
            piece(name.ljust(min(_NAME, width - 30) + 1), Tone.ACCENT if here else Tone.PLAIN),
            piece(told, tone),
        )

    def _about(self, client: Client, width: int) -> list[Line]:
        path = shorten_path(clean(client.executable, 400), width)
        yes, no = words.count(client.allowed, "time"), words.count(client.denied, "time")
        counts = f"allowed {yes}, denied {no}"
        return [(Piece(path, Tone.DIM),), (piece(counts, Tone.DIM),)]

    def _notes(self, width: int) -> list[Line]:
        view = self._link.view
        told = self._note if view.connected else view.reason
        # One row at least, so that the keys stay where they are.
        return [(Piece(t, Tone.LOOK),) for t in wrap(clean(told, 300), width)] or [()]

    def _keys(self, client: Client | None, width: int) -> list[Line]:
        back = key("Esc", "back")
        if client is None or self._readonly or not self._link.view.connected:
            return [row(back)]
        held = client_rows.held(client, self._clock())
        caps = [(key if held else key_off)("x", "let it ask", Tone.GOOD)]
        caps.append((key_off if client.blocked else key)("D", "block", Tone.BAD))
        if held and not self._link.view.unlocked:
            caps.append(key("u", "unlock"))
        return key_rows(width, *caps, back)

    # -- keys ---------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go to another client."""
        clients, here = self._clients, self.selected
        if here is not None:
            at = max(0, min(clients.index(here) + by, len(clients) - 1))
            self._identity = clients[at].identity
        self._say("")

    def action_unblock(self) -> None:
        """Let the selected one ask again."""
        client = self._meant()
        if client is None:
            return
        if not client_rows.held(client, self._clock()):
            self._say("It may ask already.")
        elif not self._link.view.unlocked:
            self._say(UNLOCK_FIRST)
        else:
            self._send(self._link.unblock(client.identity), f"{_name(client)} may ask again.")

    def action_block(self) -> None:
        """Refuse the selected one from now on."""
        client = self._meant()
        if client is not None and client.blocked:
            self._say("It is blocked already.")
        elif client is not None:
            self._send(self._link.block(client.identity), f"{_name(client)} is blocked.")

    def action_unlock(self) -> None:
        """Ask for the PIN."""
        reason = allowance.no_unlock(self._link.view, readonly=self._readonly)
        self._say(reason)
        if not reason:
            self.app.push_screen(UnlockSheet(self._link, self._clock))

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpSheet("clients", situation=Situation(readonly=self._readonly)))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _meant(self) -> Client | None:
        client = self.selected
        if client is not None:
            self._identity = client.identity
        if self._readonly:
            self._say(allowance.READONLY)
            return None
        return client

    def _send(self, call: Coroutine[object, object, object], done: str) -> None:
        async def tell() -> None:
            try:
                await call
            except (WireError, ConnectionLost) as error:
                self._say(refusals.plain(error)[0])
            else:
                self._say(done)

        self.app.run_worker(tell(), exit_on_error=False)

    def _say(self, text: str) -> None:
        self._note = text
        self.repaint()


def _name(client: Client) -> str:
    return words.program(client.executable)
