"""Who is asking to act as the person, for what, and for how much longer."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import ClassVar

import msgspec
from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard import request_rows, words
from entraclaw_tui.dashboard.action import Action, Situation
from entraclaw_tui.dashboard.actions import bindings, reason_disabled
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import REQUESTS
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.ipc.control_messages import BATCH
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import Request, State
from entraclaw_tui.model.source import Source, value_of

LINGER = 600.0
"""Seconds for which a request that is over stays listed, dimmed."""
_LINGERING = 12
"""How many of those at most."""
_TOGETHER = frozenset({"requests.allow", "requests.deny"})
"""What is done to all that are marked."""
_MARKED = {"requests.allow": "open {}", "requests.deny": "deny {}", "back": "unmark"}


class RequestsPane(ListPane[Request]):
    """Requests that wait, oldest first; below them those that ended just now.

    The history holds all that are known in the order they came: what happens moves no row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("requests")]

    NAME = "requests"
    NUMBER = 1
    TITLE = "Requests"
    SHORT = "Requests"
    FIELDS = request_rows.FIELDS

    class Wanted(ListPane.Opened):
        """The sheet of a request is to be opened; `reason` asks for a denial with a reason."""

        def __init__(self, request: Request, *, reason: bool = False) -> None:
            super().__init__()
            self.request = request
            self.reason = reason

    class Together(Message):
        """Several requests are to be opened together, or denied after a question."""

        def __init__(self, requests: Sequence[Request], *, deny: bool) -> None:
            super().__init__()
            self.requests = requests
            self.deny = deny

    class Spread(Message):
        """The pane wants the whole window, for the columns of the history, or gives it back."""

        def __init__(self, on: bool) -> None:
            super().__init__()
            self.on = on

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._waited: frozenset[str] = frozenset()
        self._marked: dict[str, Request] = {}
        self._history = False

    def source(self) -> Source[tuple[Request, ...]] | None:
        """Return the requests as the worker tells them."""
        return self.desk.store.get(REQUESTS)

    def rows(self) -> Sequence[Request]:
        """Return those that wait or are under way, then those that ended lately."""
        known = value_of(self.source()) or ()
        if self._history:
            return sorted(known, key=lambda r: (r.created_at, r.id))
        now = self.desk.clock()
        alive = [r for r in known if not r.state.final]
        over = [r for r in known if r.state.final and now - request_rows.ended_at(r) < LINGER]
        over.sort(key=request_rows.ended_at, reverse=True)
        return [*sorted(alive, key=lambda r: (r.created_at, r.id)), *over[:_LINGERING]]

    def reload(self) -> None:
        """Take up the requests; remember which of them waited."""
        # A mark stands for what was marked: what ended or changed loses it.
        known = {r.id: r for r in value_of(self.source()) or ()}
        self._marked = {i: r for i, r in self._marked.items() if i in known and _same(r, known[i])}
        super().reload()
        self._waited = frozenset(r.id for r in self._rows if not r.state.final)

    def leaves(self, row: Request) -> bool:
        """Return whether a request has just ended: the cursor stays with those that wait."""
        return not self._history and row.state.final and row.id in self._waited

    def marks(self, row: Request) -> bool:
        """Return whether a request is marked."""
        return row.id in self._marked

    @property
    def marked(self) -> list[Request]:
        """The marked requests, as they were marked."""
        return list(self._marked.values())

    def widen(self) -> bool:
        """Take the marks away first, then the filter, then the history."""
        if self._marked:
            self._marked.clear()
            self.tick()
            return True
        if super().widen():
            return True
        if was := self._history:
            self.action_history()
        return was

    def id_of(self, row: Request) -> str:
        """Return the request's id."""
        return row.id

    def columns(self, width: int) -> Line | None:
        """Return the column titles."""
        return request_rows.titles(width, history=self._history)

    def paint(self, row: Request, width: int, now: float) -> Line:
        """Return the request as a row of the list, or of the history."""
        shown = request_rows.history_row if self._history else request_rows.waiting_row
        return shown(row, width, now, self.desk.symbols)

    def field(self, row: Request, name: str) -> str:
        """Return tier, client or state for a filter."""
        return request_rows.field(row, name)

    def words(self, row: Request) -> str:
        """Return scopes, program, claimed name, tier and state."""
        names = " ".join(s.name for s in row.scopes)
        return f"{names} {row.requester.executable} {row.claimed_name} {row.tier} {row.state}"

    def subtitle(self) -> tuple[Piece, ...]:
        """Return how many wait."""
        number = 0 if self.stale else self.waiting
        marked = f", {len(self._marked)} marked" if self._marked else ""
        waits = (piece(f"{number} waiting{marked}", Tone.LOOK),) if number else ()
        if not self._history:
            return waits
        dot = f" {self.desk.symbols.dot} " if waits else ""
        return (*waits, piece(f"{dot}{len(self._rows)} in all", Tone.DIM))

    def badge(self) -> Piece | None:
        """Return how many wait."""
        number = 0 if self.stale else self.waiting
        return piece(str(number), Tone.LOOK) if number else None

    def trail(self) -> tuple[str, ...]:
        """Return that it is the history, for the title."""
        return ("History",) if self._history else ()

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "Nobody is asking. A request shows here the moment a program makes one."

    @property
    def waiting(self) -> int:
        """How many requests wait for a person."""
        return waiting(value_of(self.source()) or (), self.desk.clock())

    # -- keys

    def situation(self) -> Situation:
        """Return what holds for the selected request."""
        row = self.selected
        pending = row is not None and row.state is State.PENDING
        return msgspec.structs.replace(super().situation(), pending=pending)

    def refusal(self, wanted: Action) -> str:
        """Return why an action cannot work now; the marked requests, if any, are what it is for."""
        if self._marked and wanted.id in _TOGETHER:
            situation = msgspec.structs.replace(self.situation(), row=True, pending=True)
            return reason_disabled(wanted, situation)
        return super().refusal(wanted)

    def label(self, action: Action) -> str:
        """Return what a key does; with marks, what it does to them and to how many."""
        if not self._marked or action.id not in _MARKED:
            return super().label(action)
        return _MARKED[action.id].format(len(self._marked))

    def offers(self, wanted: Action) -> bool:
        """Return what the footer tells: with marks, the way back from them before the one row."""
        if self._marked and wanted.id in ("back", "open"):
            return wanted.id == "back"
        return super().offers(wanted)

    def action_history(self) -> None:
        """Show every request that is known, or those that wait; the same one stays selected."""
        self._history = not self._history
        self.reload()
        if self._rows:
            self.select(self._index)
        self.post_message(self.Spread(self._history))
        words = "Every request, in the order they came." if self._history else "Back to what waits."
        self.post_message(self.Said(words, Tone.PLAIN))

    def action_allow(self) -> None:
        """Open the sheet, which alone can allow; with marks, the sheet of all that are marked."""
        if self._marked:
            self._together("requests.allow", deny=False)
        elif self.may("requests.allow") and self.selected is not None:
            self.post_message(self.Wanted(self.selected))

    def action_deny(self) -> None:
        """Deny the request that is painted under the cursor, or after a question all marked."""
        if self._marked:
            self._together("requests.deny", deny=True)
            return
        request = self.meant("requests.deny")
        if request is not None:
            self._send(self._deny(request))

    def action_mark(self) -> None:
        """Mark the request under the cursor, or take its mark away, and go on to the next."""
        request = self.meant("requests.mark")
        if request is None:
            return
        if self._marked.pop(request.id, None) is None:
            if len(self._marked) >= BATCH:
                self.post_message(self.Said(f"At most {BATCH} can be decided together."))
                return
            self._marked[request.id] = request
        self.step(1)
        self.tick()
        self.post_message(self.Moved())

    def _together(self, id: str, *, deny: bool) -> None:
        if self.may(id):
            self.post_message(self.Together(self.marked, deny=deny))

    def _alone(self, id: str) -> Request | None:
        """Return the request for an action that is about one, while none is marked."""
        if self._marked:
            self.post_message(
                self.Said(
                    f"Some are marked: {self.desk.keys.shown('requests.deny')} denies them, "
                    f"{self.desk.keys.shown('requests.allow')} opens them, Esc unmarks."
                )
            )
            return None
        return self.meant(id)

    def action_deny_always(self) -> None:
        """Deny it and block its program."""
        request = self._alone("requests.deny_always")
        if request is not None:
            self._send(self._deny(request, block=True))

    def action_deny_reason(self) -> None:
        """Deny it with a reason."""
        request = self._alone("requests.deny_reason")
        if request is not None:
            self.post_message(self.Wanted(request, reason=True))

    def _send(self, decision: Coroutine[object, object, str]) -> None:
        async def tell() -> None:
            try:
                self.post_message(self.Said(await decision, Tone.PLAIN))
            except WireError as error:
                self.post_message(self.Said(f"{error.message} {error.hint}".strip(), Tone.BAD))
            except ConnectionLost as error:
                self.post_message(self.Said(str(error), Tone.BAD))

        self.run_worker(tell(), exit_on_error=False)

    async def _deny(self, request: Request, *, block: bool = False) -> str:
        wants = words.scopes([s.name for s in request.scopes])
        name = words.program(request.requester.executable)
        await self.desk.link.decide(request, "deny")
        if not block:
            return f"Denied {wants} to {name}."
        await self.desk.link.block(request.requester.identity)
        way_back = self.desk.keys.shown("clients")
        return f"Denied {wants}; {name} is blocked from now on. {way_back} takes that back."


def waiting(requests: Sequence[Request], now: float) -> int:
    """Return how many requests wait for a person."""
    return sum(r.state is State.PENDING and r.expires_at > now for r in requests)


def _same(marked: Request, now: Request) -> bool:
    return now == msgspec.structs.replace(marked, merged=now.merged)
