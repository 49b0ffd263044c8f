"""Who may do what at one control connection."""

from __future__ import annotations

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.seat import Seat
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.status import Status
from entraclaw_tui.worker.wire import Wire


class Access:
    """Hands out the session and the engine, as far as somebody may have them."""

    def __init__(self, wire: Wire, status: Status, seat: Seat) -> None:
        self._wire = wire
        self._status = status
        self._seat = seat

    def engine(self) -> Engine:
        """Return the engine. Raises WireError where there is none."""
        return self._status.require_engine()

    async def anyone(self) -> tuple[ApproverSession, Engine]:
        """Return what every session of the same user may use."""
        return await self._seat.session(), self.engine()

    async def unlocked(self) -> tuple[ApproverSession, Engine]:
        """Return what takes an unlocked session. Raises WireError."""
        session, engine = await self.anyone()
        self.require_same()
        session.require_unlocked()
        session.touch()
        return session, engine

    def require_same(self) -> None:
        """Raise WireError `forbidden` where the peer became another program."""
        if not self._wire.unchanged():
            raise WireError(Code.FORBIDDEN, "The program at this connection has changed.")
