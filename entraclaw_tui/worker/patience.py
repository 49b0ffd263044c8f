"""When to try again, and when to leave Entra alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from entraclaw_tui.worker.entra_errors import ExchangeError, Kind

T = TypeVar("T")

TRIES = 3
_FIRST_PAUSE = 0.4
"""Seconds; doubled with each try, and the real pause is drawn from zero to that (full jitter)."""


class Patience:
    """Tries again after hiccups, and keeps still while Entra asked for a pause."""

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._paused_until: dict[str, float] = {}
        self.on_pause: Callable[[], object] = lambda: None
        """Told when Entra has asked for a pause."""
        self._draw = secrets.SystemRandom().uniform

    async def run(self, who: str, work: Callable[[], Awaitable[T]], deadline: float) -> T:
        """Run `work` for one account, up to three times. Raises ExchangeError.

        `deadline` is a moment of the clock, beyond which no pause may reach.
        """
        self._refuse_while_paused(who)
        for attempt in range(1, TRIES + 1):
            try:
                return await work()
            except ExchangeError as error:
                if error.kind is Kind.THROTTLED:
                    self._paused_until[who] = self._clock() + error.retry_after
                    self.on_pause()
                if error.kind is not Kind.TRANSIENT or attempt == TRIES:
                    raise
                pause = max(error.retry_after, self._draw(0.0, _FIRST_PAUSE * 2 ** (attempt - 1)))
                if self._clock() + pause >= deadline:
                    raise
            await self._sleep(pause)
        raise AssertionError("unreachable")

    def pauses(self) -> dict[str, float]:
        """Return who is paused, and the seconds that are left."""
        now = self._clock()
        return {who: until - now for who, until in self._paused_until.items() if until > now}

    def _refuse_while_paused(self, who: str) -> None:
        left = self._paused_until.get(who, 0.0) - self._clock()
        if left > 0:
            raise ExchangeError(Kind.THROTTLED, retry_after=left)
        self._paused_until.pop(who, None)
