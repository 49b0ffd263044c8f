"""From `approved` to `ready`: the exchange of what the stored row says, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final, TypeVar

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Grant
from entraclaw_tui.worker import exchange_rows
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.states import IllegalMove
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.wish import Token

T = TypeVar("T")

PAUSE: Final = 5.0
"""Seconds after a failed exchange in which a live grant does not try again."""
AGAIN: Final = 120.0
"""Seconds between two renewals ahead of one grant's token: some live for a few minutes only."""
_AGAIN: Final = 0.5
"""Seconds between two tries to store how an exchange stands."""


class Exchanging:
    """Runs exchanges in the background and writes down how they ended."""

    def __init__(self, core: Core, grants: Grants, shelf: Shelf) -> None:
        self._core = core
        self._grants = grants
        self._shelf = shelf
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewals: dict[tuple[str, str], asyncio.Task[Token]] = {}
        self._paused: dict[str, tuple[float, ExchangeError]] = {}
        self._ahead: dict[str, float] = {}
        self.assertions: dict[str, str] = {}
        """User assertions by request. Memory only: they are secrets."""

    def start(self, request_id: str) -> None:
        """Exchange an approved request."""
        self._spawn(self._run(request_id), f"exchange-{request_id}")

    async def for_grant(self, grant: Grant, assertion: str = "", claims: str = "") -> Token:
        """Return a live grant's token, exchanging anew where none lasts. Equal calls share.

        With a claims challenge what is kept has failed its resource: it is exchanged anew.
        Raises ExchangeError.
        """
        if not claims and (token := self._shelf.fresh(grant.id)) is not None:
            return token
        until, error = self._paused.get(grant.id, (0.0, None))
        if error is not None and self._core.clock.mono() < until:
            raise error
        task = self._renewals.get((grant.id, claims))
        if task is None:
            task = self._begin_renewal(grant, assertion, claims)
        return await asyncio.shield(task)

    def under_way(self, grant: Grant, claims: str) -> bool:
        """Whether an exchange of this grant's token for these claims has begun."""
        return (grant.id, claims) in self._renewals

    def ahead(self, grant: Grant) -> None:
        """Renew a live grant's token before its end, in the background, if that is near."""
        now = self._core.clock.mono()
        if (
            (grant.id, "") not in self._renewals
            and self._shelf.ends_soon(grant.id)
            and now >= self._paused.get(grant.id, (0.0, None))[0]
            and now >= self._ahead.get(grant.id, 0.0)
        ):
            self._ahead[grant.id] = now + AGAIN
            self._begin_renewal(grant, "", ahead=True)

    async def renew(self, grant: Grant) -> Token:
        """Exchange a live grant's token anew, whatever lasts. Raises ExchangeError, WireError."""
        self._paused.pop(grant.id, None)
        await self._shelf.discard(grant)
        return await self.for_grant(grant)

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
            stored = await self._persist(lambda txn: exchange_rows.begin(txn, request_id))
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
            token = await self._core.exchange.obtain(exchange_rows.wish_of(stored, assertion))
        except ExchangeError as error:
            text = f"{error.message} {error.hint}".strip()
            await self._fail(request_id, str(error.kind), text, error.code, error.claims)
            return
        grant = self._grants.live(stored.grant_id) if stored.grant_id else None
        kept = await self._shelf.keep(grant, token) if grant is not None else False
        self._shelf.put(request_id, token)
        info = exchange_rows.info_of(
            stored, token, "keychain" if kept else "memory", self._core.clock.wall()
        )
        await self._persist(lambda txn: exchange_rows.ready(txn, request_id, info))

    async def _fail(
        self, request_id: str, code: str, text: str, number: str, claims: str = ""
    ) -> None:
        await self._persist(
            lambda txn: exchange_rows.failed(txn, request_id, code, text, number, claims)
        )

    async def _persist(self, work: Callable[[Transaction], T]) -> T:
        """Commit, and try again while the disk fails: else the request would never end."""
        told = False
        while True:
            try:
                return await self._core.ledger.change(work)
            except WireError as error:
                if error.code is not Code.STORAGE:
                    raise
                if not told:
                    self._core.log.error("An exchange cannot be stored.", why=error.message)
                told = True
                await asyncio.sleep(_AGAIN)

    def _begin_renewal(
        self, grant: Grant, assertion: str, claims: str = "", *, ahead: bool = False
    ) -> asyncio.Task[Token]:
        task = asyncio.get_running_loop().create_task(
            self._renew(grant, assertion, claims, ahead), name=f"renew-{grant.id}"
        )
        self._renewals[grant.id, claims] = task
        task.add_done_callback(lambda done: self._renewed((grant.id, claims), done))
        return task

    async def _renew(self, grant: Grant, assertion: str, claims: str, ahead: bool) -> Token:
        token = None if ahead or claims else await self._shelf.recall(grant)
        if token is not None:
            return token
        wish = exchange_rows.wish_of_grant(grant, assertion, claims)
        try:
            token = await self._core.exchange.obtain(wish)
        except ExchangeError as error:
            wait = max(PAUSE, error.retry_after)
            self._paused[grant.id] = (self._core.clock.mono() + wait, error)
            await self._core.ledger.change(exchange_rows.unrenewed(grant, error, claims))
            raise
        self._paused.pop(grant.id, None)
        kept = await self._shelf.keep(grant, token)
        info = exchange_rows.info_of_grant(
            grant, token, "keychain" if kept else "memory", self._core.clock.wall()
        )
        await self._core.ledger.change(lambda txn: exchange_rows.renewed(txn, grant, info, claims))
        return token

    def _renewed(self, name: tuple[str, str], task: asyncio.Task[Token]) -> None:
        self._renewals.pop(name, None)
        if not task.cancelled():
            task.exception()  # whoever waits has heard it
