"""Ask one source again and again at its own pace: never twice at once, slower while it fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.dashboard.read import Read
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.model.source import Empty, Failed, Loaded

T = TypeVar("T")

SLOWEST = 300.0
"""Seconds between two attempts at a source that keeps failing."""


class Loop(Protocol):
    """A poll, whatever it asks."""

    @property
    def name(self) -> str:
        """What it asks."""
        ...

    async def run(self) -> None:
        """Ask, tell the store, wait; until cancelled."""
        ...

    def hurry(self) -> None:
        """Ask at once; while an answer is on its way, once more after it."""
        ...

    def pause(self) -> None:
        """Ask nothing more until `resume`."""
        ...

    def resume(self) -> None:
        """Go on, with a question at once."""
        ...


class Poll(Generic[T]):
    """The loop around one source. `run` it as a task."""

    def __init__(
        self,
        key: Key[T],
        read: Read[T],
        pace: Callable[[], float],
        store: Store,
    ) -> None:
        self._key = key
        self._read = read
        self._pace = pace
        self._store = store
        self._hurry = asyncio.Event()
        self._awake = asyncio.Event()
        self._awake.set()
        self._failures = 0
        self._nothings = 0
        """How often in a row there was nothing."""

    @property
    def name(self) -> str:
        """What it asks."""
        return self._key.name

    async def run(self) -> None:
        """Ask, tell the store, wait; until cancelled."""
        while True:
            await self._awake.wait()
            self._hurry.clear()
            now = await answer(self._key, self._read)
            self._failures = self._failures + 1 if isinstance(now, Failed) else 0
            self._nothings = self._nothings + 1 if isinstance(now, Empty) else 0
            self._store.put(self._key, now)
            await self._wait(self._delay())

    def hurry(self) -> None:
        """Ask at once; while an answer is on its way, once more after it."""
        self._hurry.set()

    def pause(self) -> None:
        """Ask nothing more until `resume`."""
        self._awake.clear()

    def resume(self) -> None:
        """Go on, with a question at once."""
        self._awake.set()
        self._hurry.set()

    def _delay(self) -> float:
        pace = self._pace()
        if self._nothings:
            # What is being set up just now comes within seconds; what is not is asked for seldom.
            pace = min(pace, float(1 << min(self._nothings - 1, 10)))
        slowed: float = pace * (1 << min(self._failures, 6))
        return min(slowed, max(SLOWEST, pace))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()


async def answer(key: Key[T], read: Read[T]) -> Loaded[T] | Empty | Failed:
    """Return what a source says, or that reading it broke."""
    try:
        return await read()
    except Exception as error:  # a reader with a bug is a pane that says so, not a crash
        return Failed(
            f"Reading the {key.name} broke ({type(error).__name__}).",
            "This is a mistake of the panel: please report it.",
        )
