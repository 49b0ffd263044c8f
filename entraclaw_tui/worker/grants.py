"""Live grants: found by exactly what they allow, ended by time, lock, revocation or process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from entraclaw_tui.ipc.peer import alive
from entraclaw_tui.model.consent import Grant, Remember, State
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.rows import Change
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction

Terms = tuple[str, str, str, str, str, str, tuple[str, ...]]
"""Identity, flow, agent, tenant, account, resource, scopes: nothing less opens a grant."""

_STEP: Final = 30.0
"""Seconds: how late a set clock or a sleep may be noticed by the timer. A use notices at once."""
_SLACK: Final = 120.0
"""Seconds that a clock may go back before a grant is no longer believed."""


class Grants:
    """Follows the commits; ends what is over."""

    def __init__(self, core: Core, shelf: Shelf) -> None:
        self._core = core
        self._shelf = shelf
        self._live: dict[str, Grant] = {}
        self._terms: dict[Terms, str] = {}
        self._until: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[int]] = set()
        self.on_change: Callable[[], None] = lambda: None
        """Told after a grant began or ended."""
        core.ledger.listen(self._committed)

    def admit(self, grants: Iterable[Grant]) -> None:
        """Take in what was live when the worker last stopped."""
        for grant in grants:
            self._take(grant)
        self._arm()

    def find(self, terms: Terms) -> Grant | None:
        """Return the live grant on exactly these terms."""
        grant = self._live.get(self._terms.get(terms, ""))
        if grant is None:
            return None
        if self._over(grant):
            self._end_soon([grant.id], "expired")
            return None
        return grant

    def live(self, grant_id: str) -> Grant | None:
        """Return a grant if it still lives."""
        grant = self._live.get(grant_id)
        return None if grant is None or self._over(grant) else grant

    def all_live(self) -> tuple[Grant, ...]:
        """Return the live grants, oldest first."""
        return tuple(self._live.values())

    @property
    def ends_with_lock(self) -> bool:
        """Whether a grant lives that ends when the screen locks."""
        return any(grant.remember is Remember.UNTIL_LOCK for grant in self._live.values())

    async def end(self, ids: Iterable[str], by: str, who: str = "") -> int:
        """End grants and everything that was to be had by them; return how many.

        They stop to count before the commit: a failing disk never keeps one alive.
        """
        wanted = tuple(ids)
        for grant_id in wanted:
            self._drop(grant_id)
        ended = await self._core.ledger.change(lambda txn: end_in(txn, wanted, by, who))
        for grant in ended:
            await self._shelf.end(grant)
        return len(ended)

    async def lock(self) -> int:
        """The screen was locked."""
        return await self.end(
            [g.id for g in self._live.values() if g.remember is Remember.UNTIL_LOCK], "locked"
        )

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    def _committed(self, changes: list[Change]) -> None:
        touched = False
        for change in changes:
            if isinstance(change, Grant):
                if change.ended_at is None:
                    self._take(change)
                else:
                    self._drop(change.id)
                    self._until.pop(change.id, None)
                touched = True
        if touched:
            self._arm()
            self.on_change()

    def _take(self, grant: Grant) -> None:
        if grant.id not in self._until:
            left = max(0.0, grant.expires_at - self._core.clock.wall())
            self._until[grant.id] = self._core.clock.mono() + left
        elif grant.id not in self._live:
            return  # it is about to end: an older commit does not wake it up
        self._live[grant.id] = grant
        self._terms[terms_of(grant)] = grant.id

    def _drop(self, grant_id: str) -> None:
        grant = self._live.pop(grant_id, None)
        if grant is not None and self._terms.get(terms_of(grant)) == grant_id:
            del self._terms[terms_of(grant)]
        self._shelf.forget(grant_id)

    def _over(self, grant: Grant) -> bool:
        wall = self._core.clock.wall()
        return (
            wall >= grant.expires_at
            or wall < grant.created_at - _SLACK
            or self._core.clock.mono() >= self._until[grant.id]
        )

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._live:
            now = self._core.clock.mono()
            nearest = min(self._until[grant_id] for grant_id in self._live)
            delay = min(_STEP, max(0.01, nearest - now))
            self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    def _due(self) -> None:
        self._timer = None
        over = [grant.id for grant in self._live.values() if self._over(grant)]
        if over:
            self._end_soon(over, "expired")
        gone = [grant.id for grant in self._live.values() if process_gone(grant)]
        if gone:
            self._end_soon(gone, "gone")
        self._arm()

    def _end_soon(self, ids: list[str], by: str) -> None:
        for grant_id in ids:
            self._drop(grant_id)
        task = asyncio.get_running_loop().create_task(self.end(ids, by), name="end-grants")
        self._tasks.add(task)
        task.add_done_callback(self._settled)

    def _settled(self, task: asyncio.Task[int]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._core.log.error("A grant's end could not be stored.", why=str(error))


def process_gone(grant: Grant) -> bool:
    """Whether a grant was bound to one process, and that has ended."""
    kind, _, process = grant.identity.partition(":")
    pid, _, birth = process.partition(":")
    return kind == "process" and not (pid.isdigit() and alive(int(pid), birth))


def terms_of(grant: Grant) -> Terms:
    """Return what a grant allows."""
    return (
        grant.identity,
        grant.flow,
        grant.agent,
        grant.tenant,
        grant.account,
        grant.resource,
        grant.scopes,
    )


def end_in(txn: Transaction, ids: Iterable[str], by: str, who: str) -> list[Grant]:
    """End grants in a transaction, with their tokens and with requests not yet collected."""
    ended = []
    for grant_id in ids:
        grant = txn.grant(grant_id)
        if grant is None or grant.ended_at is not None:
            continue
        grant = msgspec.structs.replace(grant, ended_at=txn.now, ended_by=by)
        txn.put_grant(grant)
        for token in txn.tokens_of(grant_id):
            if token.ended_at is None:
                txn.put_token(msgspec.structs.replace(token, ended_at=txn.now))
        if by == "revoked":
            for stored in txn.requests_of_grant(grant_id):
                request = move(
                    stored.request, State.CANCELLED, code="revoked", text="The grant was revoked."
                )
                txn.put_request(msgspec.structs.replace(stored, request=request))
        txn.audit(
            "revoked" if by == "revoked" else "expired",
            grant_id,
            kind="grant",
            client=grant.client_name,
            why=by,
            by=who,
        )
        ended.append(grant)
    return ended
