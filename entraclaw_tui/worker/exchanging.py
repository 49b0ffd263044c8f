"""From `approved` to `ready`: the exchange of what the stored row says, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final

import msgspec

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.model.consent import Grant, State, TokenInfo
from entraclaw_tui.text import clean
from entraclaw_tui.worker.core import Core, new_id
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.states import IllegalMove, move
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.wish import Token, Wish

ATTEMPTS: Final = 2
"""Exchanges of one approved request: one, and one more after a crash in the middle of it."""
PAUSE: Final = 5.0
"""Seconds after a failed exchange in which a live grant does not try again."""
AGAIN: Final = 120.0
"""Seconds between two renewals ahead of one grant's token: some live for a few minutes only."""


class Exchanging:
    """Runs exchanges in the background and writes down how they ended."""

    def __init__(self, core: Core, grants: Grants, shelf: Shelf) -> None:
        self._core = core
        self._grants = grants
        self._shelf = shelf
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewals: dict[str, asyncio.Task[Token]] = {}
        self._paused: dict[str, tuple[float, ExchangeError]] = {}
        self._ahead: dict[str, float] = {}
        self.assertions: dict[str, str] = {}
        """User assertions by request. Memory only: they are secrets."""

    def start(self, request_id: str) -> None:
        """Exchange an approved request."""
        self._spawn(self._run(request_id), f"exchange-{request_id}")

    async def for_grant(self, grant: Grant, assertion: str = "") -> Token:
        """Return a live grant's token, exchanging anew where none lasts. Equal calls share.

        Raises ExchangeError.
        """
        if (token := self._shelf.fresh(grant.id)) is not None:
            return token
        until, error = self._paused.get(grant.id, (0.0, None))
        if error is not None and self._core.clock.mono() < until:
            raise error
        task = self._renewals.get(grant.id)
        if task is None:
            task = self._begin_renewal(grant, assertion)
        return await asyncio.shield(task)

    def ahead(self, grant: Grant) -> None:
        """Renew a live grant's token before its end, in the background, if that is near."""
        now = self._core.clock.mono()
        if (
            grant.id not in self._renewals
            and self._shelf.ends_soon(grant.id)
            and now >= self._paused.get(grant.id, (0.0, None))[0]
            and now >= self._ahead.get(grant.id, 0.0)
        ):
            self._ahead[grant.id] = now + AGAIN
            self._begin_renewal(grant, "", ahead=True)

    def forgive(self) -> None:
        """Try again at once where a live grant's exchange has failed."""
        self._paused.clear()

    async def settle(self) -> None:
        """Return when nothing is under way."""
        while tasks := [*self._tasks, *self._renewals.values()]:
            await asyncio.wait(tasks)
            await asyncio.sleep(0)

    async def close(self) -> None:
        """End what runs. A request in the middle of it is taken up at the next start."""
        tasks = [*self._tasks, *self._renewals.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, request_id: str) -> None:
        try:
            stored = await self._core.ledger.change(lambda txn: _begin(txn, request_id))
            if stored is None:
                return
            await self._exchange(stored)
        except IllegalMove:
            self._shelf.take(request_id)  # it was cancelled meanwhile
        except WireError as error:
            self._shelf.take(request_id)
            self._core.log.error("An exchange could not be stored.", why=error.message)
        finally:
            self.assertions.pop(request_id, None)

    async def _exchange(self, stored: StoredRequest) -> None:
        request_id = stored.request.id
        assertion = self.assertions.get(request_id, "")
        if stored.assertion_digest and not assertion:
            await self._fail(
                request_id, "assertion_stale", "The worker was restarted: ask again.", ""
            )
            return
        try:
            token = await self._core.exchange.obtain(wish_of(stored, assertion))
        except ExchangeError as error:
            text = f"{error.message} {error.hint}".strip()
            await self._fail(request_id, str(error.kind), text, error.code)
            return
        grant = self._grants.live(stored.grant_id) if stored.grant_id else None
        kept = await self._shelf.keep(grant, token) if grant is not None else False
        self._shelf.put(request_id, token)
        info = _info(stored, token, "keychain" if kept else "memory", self._core.clock.wall())
        await self._core.ledger.change(lambda txn: _ready(txn, request_id, info))

    async def _fail(self, request_id: str, code: str, text: str, number: str) -> None:
        await self._core.ledger.change(lambda txn: _failed(txn, request_id, code, text, number))

    def _begin_renewal(
        self, grant: Grant, assertion: str, *, ahead: bool = False
    ) -> asyncio.Task[Token]:
        task = asyncio.get_running_loop().create_task(
            self._renew(grant, assertion, ahead), name=f"renew-{grant.id}"
        )
        self._renewals[grant.id] = task
        task.add_done_callback(lambda done: self._renewed(grant.id, done))
        return task

    async def _renew(self, grant: Grant, assertion: str, ahead: bool) -> Token:
        token = None if ahead else await self._shelf.recall(grant)
        if token is not None:
            return token
        wish = Wish(
            "obo",
            grant.agent,
            grant.tenant,
            grant.account,
            grant.resource,
            grant.scopes,
            assertion,
        )
        try:
            token = await self._core.exchange.obtain(wish)
        except ExchangeError as error:
            wait = max(PAUSE, error.retry_after)
            self._paused[grant.id] = (self._core.clock.mono() + wait, error)
            await self._core.ledger.change(_unrenewed(grant, error))
            raise
        self._paused.pop(grant.id, None)
        kept = await self._shelf.keep(grant, token)
        info = TokenInfo(
            id=new_id("t"),
            request_id="",
            grant_id=grant.id,
            client_name=grant.client_name,
            account=grant.account,
            resource=grant.resource,
            scopes=token.scopes,
            issued_at=self._core.clock.wall(),
            expires_at=token.expires_at,
            kept_in="keychain" if kept else "memory",
            from_cache=token.from_cache,
            exchange_ms=token.milliseconds,
        )
        await self._core.ledger.change(lambda txn: _renewed(txn, grant, info))
        return token

    def _renewed(self, grant_id: str, task: asyncio.Task[Token]) -> None:
        self._renewals.pop(grant_id, None)
        if not task.cancelled():
            task.exception()  # whoever waits has heard it


def wish_of(stored: StoredRequest, assertion: str) -> Wish:
    """Return what a stored row wishes from Entra."""
    request = stored.request
    return Wish(
        request.flow,
        request.agent,
        request.tenant,
        request.account,
        request.resource,
        tuple(scope.name for scope in request.scopes),
        assertion,
    )


def _begin(txn: Transaction, request_id: str) -> StoredRequest | None:
    """Consume the approval: from here on it cannot be used a second time."""
    stored = txn.request(request_id)
    if stored is None or stored.request.state.final:
        return None
    if stored.attempts >= ATTEMPTS:
        _end(txn, stored, State.FAILED, "transient", "The exchange was cut short twice.")
        return None
    request = move(stored.request, State.EXCHANGING)
    stored = msgspec.structs.replace(stored, request=request, attempts=stored.attempts + 1)
    txn.put_request(stored)
    if stored.attempts > 1:
        txn.audit("exchange_resumed", request_id, client=request.claimed_name)
    return stored


def _ready(txn: Transaction, request_id: str, info: TokenInfo) -> None:
    stored = txn.request(request_id)
    if stored is None:
        return
    request = move(stored.request, State.READY)
    txn.put_request(msgspec.structs.replace(stored, request=request))
    txn.put_token(info)
    txn.audit(
        "exchanged",
        request_id,
        client=request.claimed_name,
        resource=request.resource,
        scopes=" ".join(info.scopes),
        ms=str(info.exchange_ms),
    )


def _failed(txn: Transaction, request_id: str, code: str, text: str, number: str) -> None:
    stored = txn.request(request_id)
    if stored is None:
        return
    _end(txn, stored, State.FAILED, code, clean(text, 400))
    txn.audit(
        "exchange_failed",
        request_id,
        client=stored.request.claimed_name,
        resource=stored.request.resource,
        code=code,
        number=number,
    )


def _end(txn: Transaction, stored: StoredRequest, to: State, code: str, text: str) -> None:
    request = move(stored.request, to, code=code, text=text)
    txn.put_request(msgspec.structs.replace(stored, request=request))


def _unrenewed(grant: Grant, error: ExchangeError) -> Callable[[Transaction], object]:
    return lambda txn: txn.audit(
        "exchange_failed",
        grant.id,
        client=grant.client_name,
        resource=grant.resource,
        code=str(error.kind),
        number=error.code,
    )


def _renewed(txn: Transaction, grant: Grant, info: TokenInfo) -> None:
    for token in txn.tokens_of(grant.id):
        if token.ended_at is None:
            txn.put_token(msgspec.structs.replace(token, ended_at=txn.now))
    txn.put_token(info)
    txn.audit(
        "exchanged",
        grant.id,
        client=grant.client_name,
        resource=grant.resource,
        scopes=" ".join(info.scopes),
        ms=str(info.exchange_ms),
    )


def _info(stored: StoredRequest, token: Token, kept_in: str, now: float) -> TokenInfo:
    request = stored.request
    return TokenInfo(
        id=new_id("t"),
        request_id=request.id,
        grant_id=stored.grant_id,
        client_name=request.claimed_name,
        account=request.account,
        resource=request.resource,
        scopes=token.scopes,
        issued_at=now,
        expires_at=token.expires_at,
        kept_in=kept_in,
        from_cache=token.from_cache,
        exchange_ms=token.milliseconds,
    )
