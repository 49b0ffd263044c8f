"""What a worker that runs for weeks does now and then: delete old rows, look at its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.key_watch import KeyWatch
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.vault import VaultTimedOut

PAUSE: Final = 3600.0
"""Seconds between two looks: the Mac sleeps, so a day is told by the clock on the wall."""
SOON: Final = 60.0
"""The same while the Keychain has a question open at the Mac's screen."""
DAY: Final = 86_400.0


class Upkeep:
    """The rounds of one engine."""

    def __init__(
        self,
        clock: Clock,
        prune: Callable[[], Awaitable[None]],
        keys: KeyWatch,
        log: WorkerLog,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._prune = prune
        self._keys = keys
        self._log = log
        self._sleep = sleep
        self._pruned_at = clock.wall()  # the engine's start did it

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            waits = isinstance(self._keys.trouble, VaultTimedOut)
            await self._sleep(SOON if waits else PAUSE)
            await self.round()

    async def round(self) -> None:
        """Do what is due."""
        await self._keys.look()
        now = self._clock.wall()
        # A clock that was set back must not put it off for as long.
        if 0 <= now - self._pruned_at < DAY:
            return
        self._pruned_at = now
        try:
            await self._prune()
        except WireError as error:
            self._log.error("Old rows could not be deleted.", why=error.message)
