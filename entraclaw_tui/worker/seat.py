"""Where somebody sits: one control connection with its approver session."""

from __future__ import annotations

import asyncio

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.ipc.messages import Event, Session
from entraclaw_tui.ipc.peer import Peer
from entraclaw_tui.worker.approver import Approver, approver_of
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.feed import Feed
from entraclaw_tui.worker.panels import Panels
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.status import Status


class Seat:
    """Finds out who sits there, and tells him and the audit when his session changes."""

    def __init__(
        self, peer: Peer, status: Status, panels: Panels, feed: Feed, clock: Clock, root: int
    ) -> None:
        self._peer = peer
        self._status = status
        self._panels = panels
        self._feed = feed
        self._clock = clock
        self._root = root
        self._claimed = ""
        self._session: ApproverSession | None = None
        self._looking: asyncio.Task[ApproverSession] | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self.left = False
        """The connection has ended."""

    def take(self, claimed: str) -> None:
        """Begin to look who it is; `claimed` is how the panel calls itself."""
        self._claimed = claimed
        self._begin()

    def leave(self) -> None:
        """The connection has ended: the session with it."""
        self.left = True
        if self._looking is not None:
            self._looking.cancel()
        if self._session is not None:
            self._session.close()
            self._panels.remove(self._session)

    @property
    def unlocked(self) -> bool:
        """Whether a person has opened the session."""
        return self._session is not None and self._session.unlocked

    async def session(self) -> ApproverSession:
        """Return the session, locked or not."""
        if self._session is not None:
            return self._session
        return await asyncio.shield(self._begin())

    def info(self, session: ApproverSession) -> Session:
        """Return what the panel may know of its session."""
        engine = self._status.engine
        if engine is None:
            return session.info("unknown", 0.0)
        return session.info(engine.desk.state, engine.desk.wait(session.approver))

    def tell(self, session: ApproverSession) -> None:
        """Tell this panel how its session is now."""
        if not self.left:
            self._feed.private(Event(0, "session", session=self.info(session)))

    def _begin(self) -> asyncio.Task[ApproverSession]:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return self._looking

    async def _look(self) -> ApproverSession:
        approver = await asyncio.to_thread(approver_of, self._peer, self._claimed, self._root)
        session = ApproverSession(approver, self._clock, self._changed)
        if not self.left:
            self._session = session
            self._panels.add(session)
        return session

    def _changed(self, session: ApproverSession, what: str) -> None:
        self._panels.on_change()
        self.tell(session)
        engine = self._status.engine
        if engine is not None:
            event = "unlocked" if what == "unlocked" else "locked"
            why = "" if what == event else what
            task = asyncio.get_running_loop().create_task(
                _audit(engine, event, session.approver, why)
            )
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)


async def _audit(engine: Engine, event: str, approver: Approver, why: str) -> None:
    try:
        await engine.core.ledger.change(
            lambda txn: txn.audit(event, str(approver.pid), by=approver.words, why=why)
        )
    except WireError as error:
        engine.core.log.error("The audit could not be written.", why=error.message)
