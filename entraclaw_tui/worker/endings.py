"""Requests that end without a decision: by time, by their client, by its process going away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Final

import msgspec

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.ipc.peer import lives_as
from entraclaw_tui.model.consent import State
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.deadlines import Deadlines
from entraclaw_tui.worker.fatigue import REST_SECONDS
from entraclaw_tui.worker.rows import Change, StoredRequest
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction

COLLECT_WITHIN: Final = 120.0
"""Seconds that a ready token waits for its client."""
GRACE: Final = 5.0
"""Seconds that a client has to come back after its last connection ended."""
LOOK: Final = 5.0
"""Seconds between looks at processes whose connections a restart of the worker has ended."""
_AGAIN: Final = 2.0
_UNENDED = frozenset(state for state in State if not state.final)


class Endings:
    """Follows the commits, and ends what is over."""

    def __init__(self, core: Core, shelf: Shelf) -> None:
        self._core = core
        self._shelf = shelf
        self._expiry = Deadlines(core.clock, self._expired)
        self._grace = Deadlines(core.clock, self._left)
        self._orphans: set[str] = set()
        self._look: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        core.ledger.listen(self._committed)

    def admit(self, stored: StoredRequest, seconds: float) -> None:
        """Take in a request that was pending when the worker last stopped."""
        self._expiry.set(stored.request.id, seconds)
        if not stored.detach:
            self._orphans.add(stored.request.id)
            self._look_later()

    def over(self, stored: StoredRequest) -> bool:
        """Whether a pending request's time is up, by either clock."""
        return self._core.clock.wall() >= stored.request.expires_at or self._expiry.over(
            stored.request.id
        )

    def held(self, request_id: str) -> None:
        """A connection of its client stands for the request again."""
        self._grace.drop(request_id)
        self._orphans.discard(request_id)

    def abandoned(self, request_id: str, *, gone: bool) -> None:
        """The last connection of its client ended."""
        stored = self._core.book.request(request_id)
        if stored is None or stored.detach or stored.request.state.final:
            return
        self._grace.set(request_id, 0.0 if gone else GRACE)

    async def cancel(self, ids: Iterable[str], code: str, text: str) -> None:
        """Cancel what is not at its end. Raises WireError where that cannot be stored."""
        wanted = tuple(ids)
        await self._core.ledger.change(
            lambda txn: _end(txn, wanted, State.CANCELLED, code, text, _UNENDED)
        )
        for request_id in wanted:
            self._shelf.take(request_id)

    async def expire(self, ids: Iterable[str]) -> None:
        """End requests that nobody decided, or whose token nobody collected."""
        wanted = tuple(ids)
        ended = await self._core.ledger.change(
            lambda txn: _end(
                txn,
                wanted,
                State.EXPIRED,
                "expired",
                "Nobody decided or collected it in time.",
                frozenset({State.PENDING, State.READY}),
            )
        )
        for stored in ended:
            self._shelf.take(stored.request.id)
            if stored.request.state is State.PENDING:
                await self.refused(stored)

    async def refused(self, stored: StoredRequest) -> None:
        """Count a denial or a time-out; after two the client rests, and the panel sees it."""
        rest = self._core.fatigue.refused(stored.quota)
        if rest is not None:
            identity = stored.request.requester.identity
            await self._core.ledger.change(lambda txn: _rest(txn, identity))

    def close(self) -> None:
        """Stop the timers."""
        self._expiry.close()
        self._grace.close()
        if self._look is not None:
            self._look.cancel()
        for task in self._tasks:
            task.cancel()

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if not isinstance(change, StoredRequest):
                continue
            request = change.request
            if request.state is State.PENDING:
                if request.id not in self._expiry:
                    left = request.expires_at - self._core.clock.wall()
                    self._expiry.set(request.id, min(left, 300.0))
            elif request.state is State.READY:
                self._expiry.set(request.id, COLLECT_WITHIN)
            else:
                self._expiry.drop(request.id)
                if request.state.final:
                    self._grace.drop(request.id)
                    self._orphans.discard(request.id)

    def _expired(self, ids: list[str]) -> None:
        self._spawn(self._try(self.expire(ids), ids, self._expiry))

    def _left(self, ids: list[str]) -> None:
        text = "The program that asked went away."
        self._spawn(self._try(self.cancel(ids, "client_gone", text), ids, self._grace))

    async def _try(
        self, work: Coroutine[None, None, None], ids: list[str], table: Deadlines
    ) -> None:
        try:
            await work
        except WireError as error:
            self._core.log.error("A request's end could not be stored.", why=error.message)
            for request_id in ids:  # it stays over, and is tried again
                table.set(request_id, _AGAIN)

    def _look_later(self) -> None:
        if self._look is None and self._orphans:
            self._look = asyncio.get_running_loop().call_later(LOOK, self._look_now)

    def _look_now(self) -> None:
        self._look = None
        gone = []
        for request_id in self._orphans:
            stored = self._core.book.request(request_id)
            if stored is not None and not still_runs(stored):
                gone.append(request_id)
        self._orphans.difference_update(gone)
        if gone:
            self._left(gone)
        self._look_later()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="end-requests")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def still_runs(stored: StoredRequest) -> bool:
    """Whether the process that asked lives and is still the program that asked."""
    return lives_as(stored.request.requester.pid, stored.process.partition(":")[2], stored.program)


def _end(
    txn: Transaction,
    ids: tuple[str, ...],
    to: State,
    code: str,
    text: str,
    only: frozenset[State],
) -> list[StoredRequest]:
    """End requests; return them as they were before."""
    ended = []
    for request_id in ids:
        stored = txn.request(request_id)
        if stored is None or stored.request.state not in only:
            continue
        request = move(stored.request, to, code=code, text=text)
        txn.put_request(msgspec.structs.replace(stored, request=request))
        txn.audit(
            str(to),
            request_id,
            kind="request",
            client=request.claimed_name,
            resource=request.resource,
            why=code,
        )
        ended.append(stored)
    return ended


def _rest(txn: Transaction, identity: str) -> None:
    client = txn.client(identity)
    if client is not None:
        txn.put_client(msgspec.structs.replace(client, resting_until=txn.now + REST_SECONDS))
        txn.audit("resting", identity, client=client.name, seconds=f"{REST_SECONDS:g}")
