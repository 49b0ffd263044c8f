"""The calls of `control.sock` about what guards the gate: the PIN and the person's policy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.control_messages import (
    PolicyPreview,
    PolicyPreviewResult,
    PolicyResult,
    PolicySet,
)
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.framing import Call
from entraclaw_tui.ipc.messages import Nothing, PinSet, Session
from entraclaw_tui.worker.access import Access
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.panels import Panels
from entraclaw_tui.worker.permit import NoPermit, Permit
from entraclaw_tui.worker.seat import Seat
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.status import Status


class GuardApi:
    """What one panel may do to them."""

    def __init__(
        self,
        access: Access,
        seat: Seat,
        panels: Panels,
        status: Status,
        permit: Callable[[str], Permit],
    ) -> None:
        self._access = access
        self._seat = seat
        self._panels = panels
        self._status = status
        self._permit = permit

    async def pin_set(self, call: Call) -> Session:
        """Change the PIN, or set it without the old one where root permits that."""
        params = framing.decode_params(call, PinSet)
        if params.old:
            session, engine = await self._access.unlocked()
            await engine.desk.set(params.pin, params.old, session.approver)
        else:
            session, engine = await self._reset_pin(params.pin)
        # Whoever opened a panel with the old PIN has to give the new one.
        for other in self._panels:
            if other is not session:
                other.lock("the PIN was changed")
        self._seat.tell(session)
        return self._seat.info(session)

    async def policy_get(self, call: Call) -> PolicyResult:
        """Show the policy. Open to all: it holds no secret, and nothing in it can be loosened."""
        framing.decode_params(call, Nothing)
        return self._access.engine().policy.result()

    async def policy_preview(self, call: Call) -> PolicyPreviewResult:
        """Tell what a policy would change. Open to all: it tells of live grants, as a look does."""
        return self._access.engine().policy.preview(framing.decode_params(call, PolicyPreview))

    async def policy_set(self, call: Call) -> PolicyResult:
        """Put a policy in place: an unlocked session, and the PIN each time."""
        session, engine = await self._access.unlocked()
        params = framing.decode_params(call, PolicySet)
        try:
            await engine.desk.check(params.proof, session.approver)
        finally:
            self._seat.tell(session)
        session.require_unlocked()  # checking a PIN takes a moment
        result = await engine.policy.set(params, session.approver.words)
        self._status.mended()
        return result

    async def _reset_pin(self, new: str) -> tuple[ApproverSession, Engine]:
        session, engine = await self._access.anyone()
        self._access.require_same()
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
        await engine.policy.restore(session.approver.words)
        await engine.housekeeping.revoke_all(session.approver.words)
        self._status.mended()
        return session, engine
