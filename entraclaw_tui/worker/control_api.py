"""What `control.sock` answers: look, deny, revoke and block for all; the rest when unlocked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from entraclaw_tui.ipc import framing
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
    PinSet,
    PrivacyResult,
    Session,
    Snapshot,
    Subscribe,
    Unlock,
)
from entraclaw_tui.text import clean
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.feed import Feed
from entraclaw_tui.worker.panels import Panels
from entraclaw_tui.worker.permit import NoPermit, Permit
from entraclaw_tui.worker.request_api import LIMITS
from entraclaw_tui.worker.seat import Seat
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.status import Status
from entraclaw_tui.worker.wire import Answer, Wire

P = TypeVar("P", bound=msgspec.Struct)
_LATER = ("signin.", "policy.")


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
        self._panels = panels
        self._permit = permit
        self._bus = bus
        self._feed = Feed(wire, bus)
        self._seat = Seat(wire.peer, status, panels, self._feed, clock, root)
        self._methods: dict[str, Callable[[Call], Awaitable[msgspec.Struct]]] = {
            "snapshot": self._snapshot,
            "subscribe": self._subscribe,
            "session.unlock": self._unlock,
            "session.lock": self._lock,
            "session.status": self._session_status,
            "session.touch": self._touch,
            "request.decide": self._decide,
            "grant.list": self._grant_list,
            "grant.revoke": self._grant_revoke,
            "grant.revoke_all": self._grant_revoke_all,
            "client.block": self._client_block,
            "client.unblock": self._client_unblock,
            "worker.pause": self._pause,
            "worker.resume": self._resume,
            "worker.status": self._worker_status,
            "exchange.refresh": self._refresh,
            "audit.tail": self._audit_tail,
            "audit.verify": self._audit_verify,
            "pin.set": self._pin_set,
            "privacy.read": self._privacy,
        }

    def hello(self, hello: Hello) -> None:
        """Remember how the panel calls itself."""
        self._seat.take(clean(hello.client.name, 40))

    def call(self, call: Call) -> Answer:
        """Answer one call."""
        method = self._methods.get(call.method)
        if method is not None:
            return method(call)
        if call.method.startswith(_LATER):
            raise WireError(Code.NOT_OFFERED, "This is not built yet.")
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
        result = self._feed.subscribe(params.since)
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
        return GrantList(self._engine().core.book.grants())

    async def _audit_tail(self, call: Call) -> AuditTailResult:
        params = framing.decode_params(call, AuditTail)
        return AuditTailResult(await self._engine().housekeeping.tail(params.limit))

    async def _audit_verify(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        return await self._engine().housekeeping.verify()

    async def _privacy(self, call: Call) -> PrivacyResult:
        framing.decode_params(call, Nothing)
        return PrivacyResult(await self._status.privacy())

    # -- the session --------------------------------------------------------------------------

    async def _unlock(self, call: Call) -> Session:
        params = framing.decode_params(call, Unlock)
        session = await self._seat.session()
        if self._status.engine is None:
            await self._status.try_to_open()
        engine = self._engine()
        if session.approver.refusal:
            raise WireError(Code.FORBIDDEN, session.approver.refusal)
        self._require_same()
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

    async def _pin_set(self, call: Call) -> Session:
        params = framing.decode_params(call, PinSet)
        if params.old:
            session, engine = await self._unlocked()
            await engine.desk.set(params.pin, params.old, session.approver)
        else:
            session, engine = await self._reset_pin(params.pin)
        # Whoever opened a panel with the old PIN has to give the new one.
        for other in self._panels:
            if other is not session:
                other.lock("the PIN was changed")
        self._seat.tell(session)
        return self._seat.info(session)

    async def _reset_pin(self, new: str) -> tuple[ApproverSession, Engine]:
        session, engine = await self._seat.session(), self._engine()
        self._require_same()
        if session.approver.refusal:
            raise WireError(Code.FORBIDDEN, session.approver.refusal)
        try:
            found = await asyncio.to_thread(self._permit, session.approver.terminal)
        except NoPermit as error:
            raise WireError(
                Code.FORBIDDEN,
                f"Without the old PIN it cannot be set: {error}",
                "Run `sudo entraclaw-tui pin reset`.",
            ) from None
        await engine.desk.reset(new, found, session.approver)
        await engine.housekeeping.revoke_all(session.approver.words)
        return session, engine

    # -- changes ------------------------------------------------------------------------------

    async def _decide(self, call: Call) -> DecideResult:
        params = framing.decode_params(call, Decide)
        session, engine = await self._seat.session(), self._engine()
        if params.decision == "allow":
            self._require_same()
        return DecideResult(await engine.decisions.decide(session, params))

    async def _grant_revoke(self, call: Call) -> Count:
        params = framing.decode_params(call, GrantById)
        session, engine = await self._seat.session(), self._engine()
        await engine.housekeeping.revoke(params.grant_id, session.approver.words)
        return Count(1)

    async def _grant_revoke_all(self, call: Call) -> Count:
        framing.decode_params(call, Nothing)
        session, engine = await self._seat.session(), self._engine()
        return Count(await engine.housekeeping.revoke_all(session.approver.words))

    async def _client_block(self, call: Call) -> Count:
        params = framing.decode_params(call, ClientById)
        session, engine = await self._seat.session(), self._engine()
        return Count(await engine.housekeeping.block(params.identity, session.approver.words))

    async def _client_unblock(self, call: Call) -> Count:
        params = framing.decode_params(call, ClientById)
        session, engine = await self._unlocked()
        await engine.housekeeping.unblock(params.identity, session.approver.words)
        return Count(1)

    async def _pause(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        session, engine = await self._seat.session(), self._engine()
        await engine.housekeeping.pause(True, session.approver.words)
        return self._status.changed()

    async def _resume(self, call: Call) -> msgspec.Struct:
        framing.decode_params(call, Nothing)
        session, engine = await self._unlocked()
        await engine.housekeeping.pause(False, session.approver.words)
        return self._status.changed()

    async def _refresh(self, call: Call) -> Count:
        framing.decode_params(call, Nothing)
        session, engine = await self._unlocked()
        return Count(await engine.housekeeping.refresh(session.approver.words))

    # -- inside -------------------------------------------------------------------------------

    def _engine(self) -> Engine:
        return self._status.require_engine()

    async def _unlocked(self) -> tuple[ApproverSession, Engine]:
        session, engine = await self._seat.session(), self._engine()
        self._require_same()
        session.require_unlocked()
        session.touch()
        return session, engine

    def _require_same(self) -> None:
        if not self._wire.unchanged():
            raise WireError(Code.FORBIDDEN, "The program at this connection has changed.")
