"""What a panel may do besides deciding: block, unblock, revoke, pause, refresh, verify."""

from __future__ import annotations

import msgspec

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import AuditVerifyResult
from entraclaw_tui.model.consent import AuditEntry, Client, Grant, State
from entraclaw_tui.worker import chain
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.decisions import deny_in
from entraclaw_tui.worker.endings import Endings
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.exchanging import Exchanging
from entraclaw_tui.worker.fatigue import ASKS_A_MINUTE
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.head import Head
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction

_CHUNK = 2000
"""Audit entries that are checked between two other jobs of the database."""
_FORGETS = "(panel) forgets tokens"
"""What the rate of forgetting is counted by; no client's identity begins with a bracket."""
KEEP = 30 * 24 * 3600.0
"""Seconds that ended requests, grants and tokens are kept."""


class Housekeeping:
    """Changes that are audited; none of them lets a token out."""

    def __init__(
        self,
        core: Core,
        grants: Grants,
        shelf: Shelf,
        exchanging: Exchanging,
        endings: Endings,
        files: AuditFiles,
        head: Head,
    ) -> None:
        self._core = core
        self._grants = grants
        self._shelf = shelf
        self._exchanging = exchanging
        self._endings = endings
        self._files = files
        self._head = head

    async def block(self, identity: str, by: str) -> int:
        """Block a client, deny what it waits for, end its grants; return how many of these."""
        known = self._core.book.client(identity)
        if known is None:
            raise WireError(Code.NOT_FOUND, "There is no such client.")
        ids = [g.id for g in self._grants.all_live() if g.identity == identity]
        open_ids = [
            stored.request.id
            for stored in self._core.book.open_requests()
            if stored.request.requester.identity == identity
        ]
        await self._core.ledger.change(lambda txn: _block(txn, identity, tuple(open_ids), by))
        for request_id in open_ids:
            self._shelf.take(request_id)
        ended = await self._grants.end(ids, "revoked", by)
        return len(open_ids) + ended

    async def unblock(self, identity: str, by: str) -> None:
        """Let a client ask again, and end its rest."""

        def work(txn: Transaction) -> Client | None:
            client = txn.client(identity) or self._core.book.client(identity)
            if client is None:
                return None
            client = msgspec.structs.replace(client, blocked=False, resting_until=None)
            txn.put_client(client)
            txn.audit("unblocked", identity, client=client.name, by=by)
            return client

        client = await self._core.ledger.change(work)
        if client is None:
            raise WireError(Code.NOT_FOUND, "There is no such client.")
        self._core.fatigue.forgive(identity)
        self._core.fatigue.forgive(f"program:{client.executable}")

    async def revoke(self, grant_id: str, by: str) -> None:
        """End one grant and everything that was to be had by it."""
        if self._core.book.grant(grant_id) is None:
            raise WireError(Code.NOT_FOUND, "There is no such grant.")
        await self._grants.end([grant_id], "revoked", by)

    async def revoke_all(self, by: str) -> int:
        """End every grant; return how many."""
        return await self._grants.end([g.id for g in self._grants.all_live()], "revoked", by)

    async def pause(self, on: bool, by: str) -> None:
        """Stop, or go on, taking requests and handing out tokens."""

        def work(txn: Transaction) -> None:
            if txn.switch("paused") == on:
                return  # said again it changes nothing, and must not fill the audit
            txn.put_switch("paused", on)
            txn.audit("paused" if on else "resumed", "worker", by=by)

        before, self._core.paused = self._core.paused, on or self._core.paused
        try:
            await self._core.ledger.change(work)
        except WireError:
            self._core.paused = before or on  # a pause counts even where it cannot be stored
            raise
        self._core.paused = on

    async def refresh(self, by: str) -> int:
        """Forget the tokens of live grants, so that each next use is a new exchange."""
        live = self._grants.all_live()
        self._core.exchange.forget()
        self._exchanging.forgive()
        for grant in live:
            await self._shelf.discard(grant)
        await self._core.ledger.change(
            lambda txn: txn.audit("refreshed", "worker", grants=str(len(live)), by=by)
        )
        return len(live)

    async def renew(self, grant_id: str, by: str) -> None:
        """Exchange one live grant's token anew, now. Raises WireError."""
        grant = self._live(grant_id)
        await self._core.ledger.change(lambda txn: txn.audit("refreshed", grant_id, by=by))
        try:
            await self._exchanging.renew(grant)
        except ExchangeError as error:
            raise WireError(
                Code.EXCHANGE_FAILED, error.message, error.hint, error.retry_after
            ) from None

    async def forget_token(self, grant_id: str, by: str) -> None:
        """Throw one live grant's token away; its next use is a new exchange. Raises WireError.

        It is open to every panel: past a rate, whoever forgets and asks in turn would send Entra
        as many calls as it likes.
        """
        grant = self._live(grant_id)
        try:
            self._core.fatigue.take(_FORGETS)
        except WireError as error:
            told = f"At most {ASKS_A_MINUTE} tokens a minute can be forgotten."
            raise WireError(Code.TOO_MANY, told, "Wait a little.", error.retry_after) from None
        await self._shelf.discard(grant)
        await self._core.ledger.change(lambda txn: _forgotten(txn, grant_id, by))

    def _live(self, grant_id: str) -> Grant:
        grant = self._grants.live(grant_id)
        if grant is None:
            raise WireError(Code.NOT_FOUND, "There is no such live grant.")
        return grant

    async def prune(self) -> None:
        """Delete rows that ended long ago. The audit stays whole."""
        before = self._core.clock.wall() - KEEP
        await self._core.ledger.change(lambda txn: txn.prune(before))

    async def tail(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return the last audit entries, oldest first."""

        def read(txn: Transaction) -> list[AuditEntry]:
            _, newest = txn.audit_head()
            return txn.audit_entries(newest - limit, limit)

        return tuple(await self._core.ledger.read(read))

    async def _entries(self, after: int) -> list[AuditEntry]:
        return await self._core.ledger.read(lambda txn: txn.audit_entries(after, _CHUNK))

    async def verify(self) -> AuditVerifyResult:
        """Walk along the whole chain, in the database and in the files, to the newest entry."""
        if self._files.behind:
            await self._files.catch_up(self._core.ledger)
        before, seq = await self._core.ledger.read(lambda txn: txn.audit_base())
        check = chain.Check(self._core.keys.audit, before, seq)
        while not check.problem:
            entries = await self._entries(check.seq)
            if not entries:
                break
            check.take(entries)
        problem = (
            check.problem
            or await self._head.problem()
            or await self._files.compare(self._core.keys.audit, self._core.ledger, check)
        )
        return AuditVerifyResult(not problem, check.entries, problem)


def _forgotten(txn: Transaction, grant_id: str, by: str) -> None:
    for token in txn.tokens_of(grant_id):
        if token.ended_at is None:
            txn.put_token(msgspec.structs.replace(token, ended_at=txn.now))
    txn.audit("token_forgotten", grant_id, by=by)


def _block(txn: Transaction, identity: str, ids: tuple[str, ...], by: str) -> None:
    client = txn.client(identity)
    if client is None:
        raise WireError(Code.NOT_FOUND, "There is no such client.")
    if not client.blocked:
        txn.put_client(msgspec.structs.replace(client, blocked=True))
        txn.audit("blocked", identity, client=client.name, by=by)
    for request_id in ids:
        stored = txn.request(request_id)
        if stored is None or stored.request.state.final:
            continue
        if stored.request.state is State.PENDING:
            deny_in(txn, stored, by, "The person has blocked this client.")
        else:
            request = move(
                stored.request, State.CANCELLED, code="blocked", text="The client was blocked."
            )
            txn.put_request(msgspec.structs.replace(stored, request=request))
