"""Approver sessions: one a control connection, opened by the PIN, never for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.worker.approver import Approver
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.pin import PinState

IDLE: Final = 600.0
"""Seconds without a key after which a session locks."""


class ApproverSession:
    """The right to allow, as long as somebody is there."""

    def __init__(
        self,
        approver: Approver,
        clock: Clock,
        changed: Callable[[ApproverSession, str], None],
    ) -> None:
        self.approver = approver
        self.looking = False
        """Its panel is told of every change, so a request is seen there."""
        self._clock = clock
        self._changed = changed
        self._ends_mono: float | None = None
        self._ends_wall = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unlocked(self) -> bool:
        """Whether it is open now, by both clocks: sleep and a set clock end it too."""
        if self._ends_mono is None:
            return False
        wall = self._clock.wall()
        return (
            self._clock.mono() < self._ends_mono
            and self._ends_wall - IDLE - 60.0 <= wall < self._ends_wall
        )

    def unlock(self) -> None:
        """Open it."""
        self._extend()
        self._changed(self, "unlocked")

    def lock(self, why: str) -> None:
        """Close it; one that is closed stays so."""
        if self._ends_mono is None:
            return
        self._stop()
        self._changed(self, why)

    def touch(self) -> None:
        """A key was pressed."""
        if self.unlocked:
            self._extend()

    def close(self) -> None:
        """The connection is gone."""
        self.lock("disconnected")

    def require_unlocked(self) -> None:
        """Raise WireError where nothing can be allowed from here."""
        if self.approver.refusal:
            raise WireError(Code.FORBIDDEN, self.approver.refusal)
        if not self.unlocked:
            self.lock("idle")
            raise WireError(Code.LOCKED, "This panel is locked.", "Unlock it with the PIN first.")

    def info(self, pin_state: PinState, wait: float) -> Session:
        """Return what the panel may know of its session. `wait`: seconds until the next PIN."""
        open_now = self.unlocked
        return Session(
            unlocked=open_now,
            idle_ends_at=self._ends_wall if open_now else None,
            injectable=bool(self.approver.injectable_by),
            injectable_by=self.approver.injectable_by,
            may_allow=not self.approver.refusal,
            refusal=self.approver.refusal,
            pin_state=pin_state,
            retry_at=self._clock.wall() + wait if wait > 0 else None,
            over_ssh=self.approver.over_ssh,
        )

    def _extend(self) -> None:
        self._ends_mono = self._clock.mono() + IDLE
        self._ends_wall = self._clock.wall() + IDLE
        if self._timer is None:
            self._arm()

    def _arm(self) -> None:
        if self._ends_mono is None:
            return
        left = max(0.0, self._ends_mono - self._clock.mono())
        self._timer = asyncio.get_running_loop().call_later(left + 0.01, self._due)

    def _due(self) -> None:
        self._timer = None
        if self._ends_mono is not None and self.unlocked:
            self._arm()  # a key came in the meantime
        else:
            self.lock("idle")

    def _stop(self) -> None:
        self._ends_mono = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
