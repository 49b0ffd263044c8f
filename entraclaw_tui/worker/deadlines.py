"""One timer for many deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from entraclaw_tui.worker.clock import Clock

_STEP: Final = 5.0
"""Seconds: how late a sleep, in which timers stand still, or a set clock may be noticed."""


class Deadlines:
    """Tells which things are due, by either clock. There is no timer where nothing waits."""

    def __init__(self, clock: Clock, due: Callable[[list[str]], None]) -> None:
        self._clock = clock
        self._due = due
        self._at: dict[str, tuple[float, float]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, name: str, seconds: float) -> None:
        """Let `name` be due in so many seconds; an earlier deadline of it is forgotten."""
        seconds = max(0.0, seconds)
        self._at[name] = (self._clock.mono() + seconds, self._clock.wall() + seconds)
        self._arm()

    def drop(self, name: str) -> None:
        """Forget a deadline."""
        if self._at.pop(name, None) is not None:
            self._arm()

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def over(self, name: str) -> bool:
        """Whether the deadline of `name` has passed; one that has none is not over."""
        return self._left(name) <= 0 if name in self._at else False

    def close(self) -> None:
        """Stop the timer."""
        self._at.clear()
        self._arm()

    def _left(self, name: str) -> float:
        """Seconds until it is due, by the clock that is further."""
        mono, wall = self._at[name]
        return min(mono - self._clock.mono(), wall - self._clock.wall())

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._at:
            delay = min(_STEP, max(0.0, min(map(self._left, self._at))))
            # A millisecond more: a timer may fire a moment early, and would find nothing due.
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self._fire)

    def _fire(self) -> None:
        self._timer = None
        names = [name for name in self._at if self._left(name) <= 0]
        for name in names:
            del self._at[name]
        self._arm()
        if names:
            self._due(names)
