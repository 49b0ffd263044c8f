"""The panel's one connection to the worker: follows its state and carries decisions.

Knows nothing of the screen. A revision-safe decision is the caller's: it hands over the request as
it was painted.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from entraclaw_tui.dashboard import worker_view
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc import messages
from entraclaw_tui.ipc.client import Connection
from entraclaw_tui.ipc.control_messages import (
    Decided,
    DecideMany,
    DecideManyResult,
    PolicyPreview,
    PolicyPreviewResult,
    PolicyResult,
    PolicySet,
    PolicyTerms,
    Seen,
)
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Event, Session, Snapshot, SubscribeResult
from entraclaw_tui.ipc.sign_in import SignIn
from entraclaw_tui.model.consent import AuditEntry, Remember, Request
from entraclaw_tui.model.policy import Policy

T = TypeVar("T")

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 3.0
"""Seconds between two attempts to connect: each is a quarter longer than the one before."""
_TOUCH_EVERY = 20.0
"""Seconds between two words to the worker that somebody is still here."""


class _Done(msgspec.Struct, frozen=True):
    """An answer whose content the events tell anyway."""


class WorkerLink:
    """Follows one worker. `run` it as a task; `listen` to be told of every new view."""

    def __init__(
        self, socket: Path, version: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._socket = socket
        self._version = version
        self._clock = clock
        self._view = WorkerView()
        self._connection: Connection | None = None
        self._listeners: list[Callable[[WorkerView], None]] = []
        self._audit_listeners: list[Callable[[AuditEntry], None]] = []
        self._telling = False
        self._hurry = asyncio.Event()
        self._touched = float("-inf")

    @property
    def view(self) -> WorkerView:
        """The worker as last heard."""
        return self._view

    def listen(self, callback: Callable[[WorkerView], None]) -> Callable[[], None]:
        """Call `callback` in the event loop after changes; several at once make one call.

        Returns what ends the listening.
        """
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def listen_audit(self, callback: Callable[[AuditEntry], None]) -> Callable[[], None]:
        """Call `callback` with every new line of the audit. Returns what ends the listening."""
        listeners = self._audit_listeners
        listeners.append(callback)
        return lambda: listeners.remove(callback) if callback in listeners else None

    # -- following ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect and follow, again and again, until cancelled. Raises nothing else."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._connect() as connection:
                    pause = FIRST_PAUSE
                    await self._follow(connection)
                reason = "The worker closed the connection."
            except ConnectionLost as error:
                reason = str(error)
            except WireError as error:
                reason = f"{error.message} {error.hint}".strip()
            except Exception as error:  # a bug here must not take the panel down with it
                reason = f"The worker cannot be followed ({type(error).__name__})."
            self._change(worker_view.lost(self._view, reason))
            await self._wait(pause)
            pause = min(pause * 1.25, LONGEST_PAUSE)

    def retry_now(self) -> None:
        """Connect at once where the link waits to try again."""
        self._hurry.set()

    async def _wait(self, seconds: float) -> None:
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()

    @contextlib.asynccontextmanager
    async def _connect(self) -> AsyncIterator[Connection]:
        connection = await Connection.open(self._socket, "panel", self._version)
        try:
            # First: whoever hears of the worker may ask it something at once.
            self._connection = connection
            await self._refresh(connection)
            yield connection
        finally:
            self._connection = None
            await connection.close()

    async def _refresh(self, connection: Connection) -> None:
        """Take a snapshot and subscribe from it, until nothing was missed between the two."""
        for _ in range(5):
            snapshot = await connection.call("snapshot", None, Snapshot)
            self._change(worker_view.found(self._view, snapshot, self._clock()))
            since = messages.Subscribe(snapshot.seq)
            if not (await connection.call("subscribe", since, SubscribeResult)).resync:
                return
        raise ConnectionLost("The worker changes faster than this panel can follow.")

    async def _follow(self, connection: Connection) -> None:
        async for event in connection.events():
            if event.kind == "resync":
                await self._refresh(connection)
            else:
                self._take(event)

    def _take(self, event: Event) -> None:
        if event.audit is not None:
            for listener in tuple(self._audit_listeners):
                listener(event.audit)
        self._apply(event)

    def _apply(self, event: Event) -> None:
        if self._view.snapshot is not None:
            snapshot = worker_view.apply(self._view.snapshot, event)
            self._change(msgspec.structs.replace(self._view, snapshot=snapshot, at=self._clock()))

    def _change(self, view: WorkerView) -> None:
        self._view = view
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._telling = False
        for listener in tuple(self._listeners):
            listener(self._view)

    # -- asking ------------------------------------------------------------------------------
    # Each raises WireError for a refusal and ConnectionLost where nobody answers.

    async def unlock(self, pin: str) -> Session:
        """Open the approver session of this connection."""
        return self._session(await self._call("session.unlock", messages.Unlock(pin), Session))

    async def lock(self) -> Session:
        """End the approver session."""
        return self._session(await self._call("session.lock", None, Session))

    async def touch(self) -> None:
        """Say that somebody is at the keys, so that an open session stays open. Never raises.

        Cheap to call for every key: it speaks up only now and then, and only while unlocked.
        """
        if not self._view.unlocked or self._clock() - self._touched < _TOUCH_EVERY:
            return
        self._touched = self._clock()
        with contextlib.suppress(WireError, ConnectionLost):
            await self._call("session.touch", None, _Done)

    async def decide(
        self,
        request: Request,
        decision: Literal["allow", "deny"],
        remember: Remember = Remember.ONCE,
        proof: str = "",
        reason: str = "",
    ) -> Request:
        """Allow or deny `request` as it was painted; return it as it stands then."""
        call = messages.Decide(
            request.id, request.digest, request.revision, decision, remember, proof, reason
        )
        result = await self._call("request.decide", call, messages.DecideResult)
        known = self._view.request(request.id)
        if known is None or known.revision <= result.request.revision:
            self._apply(Event(self._seq, "request", request=result.request))
        return result.request

    async def decide_many(
        self, requests: Sequence[Request], decision: Literal["allow", "deny"], proof: str = ""
    ) -> tuple[Decided, ...]:
        """Allow or deny `requests` as they were painted; return what became of each."""
        seen = tuple(Seen(r.id, r.digest, r.revision) for r in requests)
        call = DecideMany(seen, decision, proof)
        return (await self._call("request.decide_many", call, DecideManyResult)).results

    async def policy(self) -> PolicyResult:
        """Return the person's policy."""
        return await self._call("policy.get", None, PolicyResult)

    async def preview_policy(self, policy: Policy, revision: int) -> PolicyPreviewResult:
        """Return what `policy` in place of that of `revision` would do."""
        call = PolicyPreview(_terms(policy), revision)
        return await self._call("policy.preview", call, PolicyPreviewResult)

    async def set_policy(self, policy: Policy, revision: int, proof: str) -> PolicyResult:
        """Put `policy` in place of that of `revision`; return what counts then."""
        call = PolicySet(_terms(policy), revision, proof)
        return await self._call("policy.set", call, PolicyResult)

    async def renew(self, grant_id: str) -> None:
        """Exchange a live grant's token anew."""
        await self._call("exchange.refresh", messages.Refresh(grant_id), _Done)

    async def forget(self, grant_id: str) -> None:
        """Throw a live grant's token away."""
        await self._call("exchange.forget", messages.GrantById(grant_id), _Done)

    async def sign_in(self, step: Literal["start", "status", "cancel", "sign_out"]) -> SignIn:
        """Begin, follow or end the person's sign-in; return where it stands."""
        return await self._call(f"signin.{step}", None, SignIn)

    async def revoke(self, grant_id: str) -> None:
        """End one grant and its tokens."""
        await self._call("grant.revoke", messages.GrantById(grant_id), _Done)

    async def revoke_all(self) -> int:
        """End every grant; return how many there were."""
        return (await self._call("grant.revoke_all", None, messages.Count)).count

    async def block(self, identity: str) -> None:
        """Refuse everything that this client asks from now on."""
        await self._call("client.block", messages.ClientById(identity), _Done)

    async def unblock(self, identity: str) -> None:
        """Let this client ask again."""
        await self._call("client.unblock", messages.ClientById(identity), _Done)

    async def pause(self) -> None:
        """Take no new requests."""
        await self._call("worker.pause", None, _Done)

    async def resume(self) -> None:
        """Take requests again."""
        await self._call("worker.resume", None, _Done)

    async def audit_tail(self, limit: int = 100) -> tuple[AuditEntry, ...]:
        """Return the last lines of the audit, oldest first."""
        tail = messages.AuditTail(limit)
        return (await self._call("audit.tail", tail, messages.AuditTailResult)).entries

    async def privacy(self) -> messages.PrivacyResult:
        """Return what the worker can read of the TCC databases."""
        return await self._call("privacy.read", None, messages.PrivacyResult)

    @property
    def _seq(self) -> int:
        return self._view.snapshot.seq if self._view.snapshot is not None else 0

    def _session(self, session: Session) -> Session:
        self._apply(Event(self._seq, "session", session=session))
        return session

    async def _call(self, method: str, params: msgspec.Struct | None, kind: type[T]) -> T:
        if self._connection is None:
            raise ConnectionLost(self._view.reason)
        return await self._connection.call(method, params, kind)


def _terms(policy: Policy) -> PolicyTerms:
    return msgspec.convert(policy, PolicyTerms, from_attributes=True)
