"""Asks that a live grant answers: in memory alone, from the first word to the token."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.model.consent import Grant, State
from entraclaw_tui.worker.core import Core, new_id
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.exchanging import Exchanging
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.uses import Uses
from entraclaw_tui.worker.waiters import Waiters
from entraclaw_tui.worker.wish import Token

LIVES: Final = 120.0
"""Seconds that such an ask may wait to be collected."""
_MOST: Final = 1000


@dataclass(slots=True)
class SilentAsk:
    """One ask under a live grant."""

    id: str
    process: str
    grant: Grant
    until: float
    state: State = State.EXCHANGING
    token: Token | None = None
    code: str = ""
    text: str = ""
    claims: str = ""


class Silent:
    """Keeps these asks, a bounded number of them, for a bounded time."""

    def __init__(
        self,
        core: Core,
        grants: Grants,
        shelf: Shelf,
        exchanging: Exchanging,
        uses: Uses,
        waiters: Waiters,
    ) -> None:
        self._core = core
        self._grants = grants
        self._shelf = shelf
        self._exchanging = exchanging
        self._uses = uses
        self._waiters = waiters
        self._asks: OrderedDict[str, SilentAsk] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, grant: Grant, process: str, assertion: str = "", claims: str = "") -> SilentAsk:
        """Answer an ask: ready at once where the grant's token lasts, else after an exchange.

        With a claims challenge the token that is there has failed its resource: a new one comes.
        """
        now = self._core.clock.mono()
        while self._asks:
            oldest = next(iter(self._asks.values()))
            if oldest.until > now and len(self._asks) < _MOST:
                break
            del self._asks[oldest.id]
        ask = SilentAsk(new_id("s"), process, grant, now + LIVES)
        self._asks[ask.id] = ask
        token = None if claims else self._shelf.fresh(grant.id)
        if token is not None:
            ask.token, ask.state = token, State.READY
            self._uses.count(grant.id, process)
            self._exchanging.ahead(grant)
        else:
            task = asyncio.get_running_loop().create_task(
                self._fetch(ask, assertion, claims), name="silent-fetch"
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return ask

    def find(self, request_id: str, process: str) -> SilentAsk | None:
        """Return an ask of this process; one whose grant has ended is cancelled."""
        ask = self._asks.get(request_id)
        if ask is None or ask.process != process:
            return None
        if ask.until <= self._core.clock.mono():
            self._finish(ask, State.EXPIRED, "expired", "It was not collected in time.")
        elif self._grants.live(ask.grant.id) is None:
            self._finish(ask, State.CANCELLED, "revoked", "The grant has ended.")
        return ask

    def collect(self, ask: SilentAsk) -> Token | None:
        """Hand the token out, once."""
        token, ask.token = ask.token, None
        if token is not None:
            ask.state = State.DELIVERED
        return token

    def cancel(self, ask: SilentAsk) -> None:
        """The client wants it no longer."""
        self._finish(ask, State.CANCELLED, "cancelled", "The client cancelled it.")

    def process_gone(self, process: str) -> None:
        """Forget the asks of a process that has gone."""
        for request_id in [ask.id for ask in self._asks.values() if ask.process == process]:
            del self._asks[request_id]

    def close(self) -> None:
        """Stop what runs."""
        for task in self._tasks:
            task.cancel()

    async def _fetch(self, ask: SilentAsk, assertion: str, claims: str) -> None:
        try:
            token = await self._exchanging.for_grant(ask.grant, assertion, claims)
        except ExchangeError as error:
            text = f"{error.message} {error.hint}".strip()
            self._finish(ask, State.FAILED, str(error.kind), text, error.claims)
            return
        except WireError as error:
            self._finish(ask, State.FAILED, str(error.code), error.message)
            return
        if ask.state is not State.EXCHANGING:
            return
        if self._grants.live(ask.grant.id) is None:
            self._finish(ask, State.CANCELLED, "revoked", "The grant has ended.")
            return
        ask.token, ask.state = token, State.READY
        self._uses.count(ask.grant.id, ask.process)
        self._waiters.wake(ask.id)

    def _finish(self, ask: SilentAsk, state: State, code: str, text: str, claims: str = "") -> None:
        if ask.state.final:
            return  # it stays as it ended: an exchange may fail after its client has left
        ask.token = None
        ask.state, ask.code, ask.text, ask.claims = state, code, text, claims
        self._waiters.wake(ask.id)
