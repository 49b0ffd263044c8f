"""The panels that are connected, with their approver sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from entraclaw_tui.worker.sessions import ApproverSession


class Panels:
    """All approver sessions; the screen's lock closes those at the console."""

    def __init__(self) -> None:
        self._sessions: dict[ApproverSession, None] = {}
        self.on_change: Callable[[], None] = lambda: None
        """Told when a session opened or closed."""

    def __iter__(self) -> Iterator[ApproverSession]:
        return iter(tuple(self._sessions))

    def add(self, session: ApproverSession) -> None:
        """A panel connected."""
        self._sessions[session] = None

    def remove(self, session: ApproverSession) -> None:
        """A panel went."""
        self._sessions.pop(session, None)
        self.on_change()

    @property
    def watched(self) -> bool:
        """Whether somebody would see a request: at a terminal, told of changes or unlocked.

        A program without a terminal that listens on the socket keeps no notification away.
        """
        return any(s.unlocked or (s.looking and s.approver.terminal) for s in self._sessions)

    @property
    def open_at_console(self) -> bool:
        """Whether a session is open that the screen's lock would close."""
        return any(s.unlocked and not s.approver.over_ssh for s in self._sessions)

    def screen_locked(self) -> None:
        """Close the sessions at the console."""
        for session in self:
            if not session.approver.over_ssh:
                session.lock("screen locked")


class ScreenWatch:
    """Looks at the screen's lock, only while something depends on it."""

    def __init__(
        self,
        look: Callable[[], Awaitable[bool | None]],
        needed: Callable[[], bool],
        locked: Callable[[bool | None], None],
        every: float = 5.0,
    ) -> None:
        self._look = look
        self._needed = needed
        self._locked = locked
        self._every = every
        self._task: asyncio.Task[None] | None = None

    @property
    def active(self) -> bool:
        """Whether it looks."""
        return self._task is not None

    def changed(self) -> None:
        """Begin to look where that is needed now."""
        if self._task is None and self._needed():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="screen-watch")

    def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._needed():
                state = await self._look()
                if state is not False:
                    self._locked(state)
                await asyncio.sleep(self._every)
        finally:
            self._task = None
