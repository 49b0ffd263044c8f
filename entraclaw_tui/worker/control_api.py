"""What `control.sock` answers: look, deny, revoke and block for all; the rest when unlocked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.control_messages import DecideMany, DecideManyResult
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.framing import Call
from entraclaw_tui.ipc.messages import (
    AuditTail,
    AuditTailResult,
    ClientById,
    Count,
    Decide,
    DecideResult,
    GrantById,
    GrantList,
    Hello,
    Nothing,
    PrivacyResult,
    Refresh,
    Session,
    Snapshot,
    Subscribe,
    Unlock,
)
from entraclaw_tui.text import clean
from entraclaw_tui.worker.access import Access
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.feed import Feed
from entraclaw_tui.worker.guard_api import GuardApi
from entraclaw_tui.worker.panels import Panels
from entraclaw_tui.worker.permit import Permit
from entraclaw_tui.worker.request_api import LIMITS
from entraclaw_tui.worker.seat import Seat
from entraclaw_tui.worker.sign_in_api import SignInApi
from entraclaw_tui.worker.status import Status
from entraclaw_tui.worker.wire import Answer, Wire

P = TypeVar("P", bound=msgspec.Struct)


class ControlApi:
    """One panel's connection."""

    limits = LIMITS

    def __init__(
        self,
        wire: Wire,
        status: Status,
        panels: Panels,
        bus: Bus,
        clock: Clock,
        root: int,
        permit: Callable[[str], Permit],
    ) -> None:
        self.server = status.server
        self._wire = wire
        self._status = status
        self._bus = bus
        self._feed = Feed(wire, bus)
        self._seat = Seat(wire.peer, status, panels, self._feed, clock, root)
        self._access = Access(wire, status, self._seat)
        guard = GuardApi(self._access, self._seat, panels, status, permit)
        sign_in = SignInApi(self._access)
        self._methods: dict[str, Callable[[Call], Awaitable[msgspec.Struct]]] = {
            "snapshot": self._snapshot,
            "subscribe": self._subscribe,
            "session.unlock": self._unlock,
            "session.lock": self._lock,
            "session.status": self._session_status,
            "session.touch": self._touch,
            "request.decide": self._decide,
            "request.decide_many": self._decide_many,
            "grant.list": self._grant_list,
            "grant.revoke": self._grant_revoke,
            "grant.revoke_all": self._grant_revoke_all,
            "client.block": self._client_block,
            "client.unblock": self._client_unblock,
            "worker.pause": self._pause,
            "worker.resume": self._resume,
            "worker.status": self._worker_status,
            "exchange.refresh": self._refresh,
            "exchange.forget": self._forget,
            "audit.tail": self._audit_tail,
            "audit.verify": self._audit_verify,
            "pin.set": guard.pin_set,
            "policy.get": guard.policy_get,
            "policy.preview": guard.policy_preview,
            "policy.set": guard.policy_set,
            "privacy.read": self._privacy,
            "signin.start": sign_in.start,
            "signin.status": sign_in.status,
            "signin.cancel": sign_in.cancel,
            "signin.sign_out": sign_in.sign_out,
        }

    @property
    def kept(self) -> bool:
        """Whether a person has unlocked this panel."""
        return self._seat.unlocked

    def hello(self, hello: Hello) -> None:
        """Remember how the panel calls itself."""
        self._seat.take(clean(hello.client.name, 40))

    def call(self, call: Call) -> Answer:
        """Answer one call."""
        method = self._methods.get(call.method)
        if method is not None:
            return method(call)
        if call.method == "hello":
            raise WireError(Code.INVALID_REQUEST, "Hello was said already.")
        raise WireError(Code.UNKNOWN_METHOD, "This socket has no such method.")

    def closed(self) -> None:
        """The panel went: its session with it."""
        self._feed.close()
        self._seat.leave()

    # -- looking ------------------------------------------------------------------------------

    async def _snapshot(self, call: Call) -> Snapshot:
        framing.decode_params(call, Nothing)
        session = await self._seat.session()
        engine = self._status.engine
        book = engine.core.book if engine is not None else None
        return Snapshot(
            seq=self._bus.seq,
            worker=self._status.info(),
            session=self._seat.info(session),
            requests=book.requests() if book else (),
            grants=book.grants() if book else (),
            tokens=book.tokens() if book else (),
            clients=book.clients() if book else (),
        )

    async def _subscribe(self, call: Call) -> msgspec.Struct:
        params = framing.decode_params(call, Subscribe)
        session = await self._seat.session()
        result = self._feed.subscribe(params.since)
        session.looking = True
        # What was missed follows the answer, never comes before it.
        asyncio.get_running_loop().call_soon(self._feed.flush)
        return result

    async def _session_status(self, call: Call) -> Session:
        framing.decode_params(call, Nothing)
        return self._seat.info(await self._seat.session())

    async def _worker_status(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        return self._status.info()

    async def _grant_list(self, call: Call) -> GrantList:
        framing.decode_params(call, Nothing)
        return GrantList(self._access.engine().core.book.grants())

    async def _audit_tail(self, call: Call) -> AuditTailResult:
        params = framing.decode_params(call, AuditTail)
        return AuditTailResult(await self._access.engine().housekeeping.tail(params.limit))

    async def _audit_verify(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        return await self._access.engine().housekeeping.verify()

    async def _privacy(self, call: Call) -> PrivacyResult:
        framing.decode_params(call, Nothing)
        return PrivacyResult(await self._status.privacy())

    # -- the session --------------------------------------------------------------------------

    async def _unlock(self, call: Call) -> Session:
        params = framing.decode_params(call, Unlock)
        session = await self._seat.session()
        if self._status.engine is None:
            await self._status.try_to_open()
        engine = self._access.engine()
        if session.approver.refusal:
            raise WireError(Code.FORBIDDEN, session.approver.refusal)
        self._access.require_same()
        try:
            await engine.desk.check(params.pin, session.approver)
        finally:
            self._seat.tell(session)
        if not self._seat.left:
            session.unlock()
        return self._seat.info(session)

    async def _lock(self, call: Call) -> Session:
        framing.decode_params(call, Nothing)
        session = await self._seat.session()
        session.lock("by the person")
        return self._seat.info(session)

    async def _touch(self, call: Call) -> Session:
        framing.decode_params(call, Nothing)
        session = await self._seat.session()
        session.touch()
        return self._seat.info(session)

    # -- changes ------------------------------------------------------------------------------

    async def _decide(self, call: Call) -> DecideResult:
        params = framing.decode_params(call, Decide)
        session, engine = await self._access.anyone()
        if params.decision == "allow":
            self._access.require_same()
        return DecideResult(await engine.decisions.decide(session, params))

    async def _decide_many(self, call: Call) -> DecideManyResult:
        params = framing.decode_params(call, DecideMany)
        session, engine = await self._access.anyone()
        if params.decision == "allow":
            self._access.require_same()
        try:
            return await engine.batch.decide(session, params)
        finally:
            self._seat.tell(session)

    async def _grant_revoke(self, call: Call) -> Count:
        params = framing.decode_params(call, GrantById)
        session, engine = await self._access.anyone()
        await engine.housekeeping.revoke(params.grant_id, session.approver.words)
        return Count(1)

    async def _grant_revoke_all(self, call: Call) -> Count:
        framing.decode_params(call, Nothing)
        session, engine = await self._access.anyone()
        return Count(await engine.housekeeping.revoke_all(session.approver.words))

    async def _client_block(self, call: Call) -> Count:
        params = framing.decode_params(call, ClientById)
        session, engine = await self._access.anyone()
        return Count(await engine.housekeeping.block(params.identity, session.approver.words))

    async def _client_unblock(self, call: Call) -> Count:
        params = framing.decode_params(call, ClientById)
        session, engine = await self._access.unlocked()
        await engine.housekeeping.unblock(params.identity, session.approver.words)
        return Count(1)

    async def _pause(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        session, engine = await self._access.anyone()
        await engine.housekeeping.pause(True, session.approver.words)
        return self._status.changed()

    async def _resume(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        session, engine = await self._access.unlocked()
        await engine.housekeeping.pause(False, session.approver.words)
        return self._status.changed()

    async def _refresh(self, call: Call) -> Count:
        params = framing.decode_params(call, Refresh)
        session, engine = await self._access.unlocked()
        if params.grant_id:
            await engine.housekeeping.renew(params.grant_id, session.approver.words)
            return Count(1)
        return Count(await engine.housekeeping.refresh(session.approver.words))

    async def _forget(self, call: Call) -> Count:
        params = framing.decode_params(call, GrantById)
        session, engine = await self._access.anyone()
        await engine.housekeeping.forget_token(params.grant_id, session.approver.words)
        return Count(1)
