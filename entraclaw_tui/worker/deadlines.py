"""One timer for many deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from entraclaw_tui.worker.clock import Clock


class Deadlines:
    """Tells which things are due. There is no timer where nothing waits."""

    def __init__(self, clock: Clock, due: Callable[[list[str]], None]) -> None:
        self._clock = clock
        self._due = due
        self._at: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, name: str, seconds: float) -> None:
        """Let `name` be due in so many seconds; an earlier deadline of it is forgotten."""
        self._at[name] = self._clock.mono() + max(0.0, seconds)
        self._arm()

    def drop(self, name: str) -> None:
        """Forget a deadline."""
        if self._at.pop(name, None) is not None:
            self._arm()

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def over(self, name: str) -> bool:
        """Whether the deadline of `name` has passed; one that has none is not over."""
        at = self._at.get(name)
        return at is not None and self._clock.mono() >= at

    def close(self) -> None:
        """Stop the timer."""
        self._at.clear()
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._at:
            delay = max(0.0, min(self._at.values()) - self._clock.mono())
            # A millisecond more: a timer may fire a moment early, and would find nothing due.
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self._fire)

    def _fire(self) -> None:
        self._timer = None
        now = self._clock.mono()
        names = [name for name, at in self._at.items() if at <= now]
        for name in names:
            del self._at[name]
        self._arm()
        if names:
            self._due(names)
