"""Single flight: while one exchange runs, equal ones share it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Equal keys at the same time run once. Nothing is kept after it."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """Return the result for `key`, and whether somebody else's run gave it.

        A caller that goes away does not end the run that others wait for.
        """
        task = self._running.get(key)
        shared = task is not None
        if task is None:
            task = asyncio.ensure_future(_await(work))
            self._running[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task), shared

    def cancel(self) -> None:
        """End whatever runs."""
        for task in list(self._running.values()):
            task.cancel()

    def _landed(self, key: Hashable, task: asyncio.Task[T]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # looked at, so that a run nobody waits for makes no noise


async def _await(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
