"""The clock of a recording, and what lets the sources say again what they said."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from entraclaw_tui.dashboard.replay.entries import Entry
from entraclaw_tui.dashboard.replay.reading import Checked

_BREATH = 64
"""Entries after which others get a turn."""


class Clock:
    """The recorded time. It runs `speed` times as fast as ours, or stands still."""

    def __init__(
        self, at: float, speed: float, passed: Callable[[], float] = time.monotonic
    ) -> None:
        self.speed = speed
        self.running = True
        self.limit = float("inf")
        """It waits here: a slow machine must not see later what was recorded for now."""
        self._passed = passed
        self._at = at
        self._since = passed()

    def __call__(self) -> float:
        """Return the recorded time."""
        if not self.running:
            return self._at
        return min(self._at + (self._passed() - self._since) * self.speed, self.limit)

    def stop(self) -> None:
        """Stand still."""
        self._at = self()
        self.running = False

    def go(self) -> None:
        """Run on."""
        self._since = self._passed()
        self.running = True

    def jump(self, at: float) -> None:
        """Go to a time."""
        self._at, self._since = at, self._passed()


class Player:
    """Gives out a recording's entries as their time comes. `run` it as a task."""

    def __init__(self, recorded: Checked, speed: float, give: Callable[[Entry], None]) -> None:
        self.recorded = recorded
        self.clock = Clock(recorded.header.at, speed)
        self.ended = False
        self.next_at = recorded.header.at
        """The time of the entry that comes next."""
        self._give = give
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Give out everything, then stand still at the end."""
        for number, (at, entry) in enumerate(self.recorded.play()):
            self.next_at = self.clock.limit = at
            await self._until(at)
            self._give(entry)
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        self.ended = True
        self.clock.stop()
        self.clock.jump(self.recorded.last)

    def pause(self) -> None:
        """Stand still, or go on."""
        if self.ended:
            return
        if self.clock.running:
            self.clock.stop()
        else:
            self.clock.go()
        self._changed.set()

    def step(self) -> None:
        """Go to what happens next."""
        if not self.ended:
            self.clock.jump(max(self.clock(), self.next_at))
            self._changed.set()

    async def _until(self, at: float) -> None:
        while (left := at - self.clock()) > 0:
            self._changed.clear()
            seconds = left / self.clock.speed if self.clock.running else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
