"""The person's sign-in by device code: begun by a panel, finished in any browser.

One at a time. The worker asks Entra at the pace that Entra names (RFC 8628, 3.5), so the panel may
go and come back. Code and address go to the session that began it alone: whoever learns the code
could have somebody else sign in, which is refused, or disturb the one who does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.entra_answers import DeviceFlow
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.exchanging import Exchanging

_PACE: Final = 1.0
"""Seconds between two questions at least, whatever Entra says."""
_HICCUPS: Final = 5
"""Questions in a row that may fail for a passing reason."""


@dataclass(slots=True)
class _Running:
    flow: DeviceFlow
    owner: object
    task: asyncio.Task[None] | None = None


class SigningIn:
    """The sign-ins of one worker."""

    def __init__(
        self,
        core: Core,
        exchanging: Exchanging,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._core = core
        self._exchanging = exchanging
        self._sleep = sleep
        self._running: _Running | None = None
        self._last = SignIn("none", core.config.account.upn, False)
        self._owner: object = None
        self.signed_in = False
        self.on_change: Callable[[], object] = lambda: None
        """Told when somebody signed in or out."""

    async def load(self) -> None:
        """Learn whether a sign-in is stored. A Keychain that does not say counts as none."""
        try:
            self.signed_in = await self._core.exchange.signed_in()
        except ExchangeError as error:
            self._core.log.warning("Nobody knows who is signed in.", why=error.message)

    async def start(self, owner: object, by: str) -> SignIn:
        """Begin a sign-in; one that waits already is ended. Raises WireError.

        `owner` is the session that may see the code.
        """
        self._drop()
        try:
            flow = await self._core.exchange.begin_sign_in()
        except ExchangeError as error:
            raise _refusal(error) from None
        await self._core.ledger.change(lambda txn: txn.audit("sign_in_began", self._account, by=by))
        self._drop()  # another one may have begun meanwhile; the newest counts
        running = _Running(flow, owner)
        running.task = asyncio.get_running_loop().create_task(self._follow(running, by))
        self._running = running
        return self.status(owner)

    def status(self, owner: object) -> SignIn:
        """Return where it stands, as this session may know it."""
        running = self._running
        if running is None:
            last = self._last
            return SignIn(
                last.state,
                self._account,
                self.signed_in,
                code=last.code,
                message=last.message,
                hint=last.hint,
            )
        own = running.owner is owner
        return SignIn(
            "waiting",
            self._account,
            self.signed_in,
            running.flow.user_code if own else "",
            running.flow.verification_uri if own else "",
            running.flow.expires_at,
        )

    async def cancel(self, owner: object, by: str) -> SignIn:
        """End the sign-in that waits, if any."""
        if self._running is not None:
            self._drop()
            self._last = SignIn("cancelled", self._account, self.signed_in)
            await self._core.ledger.change(
                lambda txn: txn.audit("sign_in_cancelled", self._account, by=by)
            )
        return self.status(owner)

    async def sign_out(self, owner: object, by: str) -> SignIn:
        """Forget the stored sign-in. Tokens that live go on to their end. Raises WireError."""
        self._drop()
        try:
            await self._core.exchange.sign_out()
        except ExchangeError as error:
            raise _refusal(error) from None
        self.signed_in = False
        self._last = SignIn("none", self._account, False)
        await self._core.ledger.change(lambda txn: txn.audit("signed_out", self._account, by=by))
        self.on_change()
        return self.status(owner)

    def close(self) -> None:
        """Stop asking Entra."""
        self._drop()

    @property
    def _account(self) -> str:
        return self._core.config.account.upn

    def _drop(self) -> None:
        if self._running is not None and self._running.task is not None:
            self._running.task.cancel()
        self._running = None

    async def _follow(self, running: _Running, by: str) -> None:
        end = await self._wait(running)
        if self._running is not running:
            return
        self._running = None
        self._last = end
        if end.state == "done":
            self.signed_in = True
            self._exchanging.forgive()
        event = "signed_in" if end.state == "done" else "sign_in_failed"
        why = end.code or ("expired" if end.state == "expired" else "")
        try:
            await self._core.ledger.change(
                lambda txn: txn.audit(event, self._account, by=by, why=why)
            )
        except WireError as error:
            self._core.log.error("The audit could not be written.", why=error.message)
        self.on_change()

    async def _wait(self, running: _Running) -> SignIn:
        hiccups = 0
        while self._core.clock.wall() < running.flow.expires_at:
            await self._sleep(max(_PACE, running.flow.interval))
            try:
                if await self._core.exchange.poll_sign_in(running.flow):
                    return SignIn("done", self._account, True)
                hiccups = 0
            except ExchangeError as error:
                hiccups += 1
                passing = error.kind in (Kind.TRANSIENT, Kind.THROTTLED)
                if not passing or hiccups >= _HICCUPS:
                    return SignIn(
                        "failed",
                        self._account,
                        self.signed_in,
                        code=str(error.kind),
                        message=error.message,
                        hint=error.hint,
                    )
                await self._sleep(min(error.retry_after, 30.0))
        return SignIn(
            "expired",
            self._account,
            self.signed_in,
            message="The code has ended before anybody signed in.",
            hint="Begin again for a new code.",
        )


def _refusal(error: ExchangeError) -> WireError:
    return WireError(Code.EXCHANGE_FAILED, error.message, error.hint, error.retry_after)
