"""Waits for descriptors and for moments, and sleeps in between."""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import time
from collections.abc import Callable

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Timer:
    """A moment that was asked for."""

    __slots__ = ("act", "cancelled")

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.cancelled = False

    def cancel(self) -> None:
        """Forget it; nothing happens where it has passed."""
        self.cancelled = True


class Reactor:
    """One thread's events: descriptors that are ready and timers that are due."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def watch(self, what: socket.socket | int, events: int, act: Callable[[], None]) -> None:
        """Call `act` whenever the descriptor is ready, in place of what was said before."""
        try:
            self._selector.modify(what, events, act)
        except KeyError:
            self._selector.register(what, events, act)

    def forget(self, what: socket.socket | int) -> None:
        """Watch a descriptor no longer; before it is closed."""
        if what in self._selector.get_map():
            self._selector.unregister(what)

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Call `act` once, in so many seconds."""
        timer = Timer(act)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), timer))
        return timer

    def step(self) -> None:
        """Sleep until something is ready or due, and do it."""
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
        for key, _ in self._selector.select(wait):
            # An earlier one of the same round may have closed this descriptor.
            if self._selector.get_map().get(key.fd) is key:
                key.data()
        while self._timers and self._timers[0][0] <= time.monotonic():
            timer = heapq.heappop(self._timers)[2]
            if not timer.cancelled:
                timer.act()

    def close(self) -> None:
        """Give the selector back."""
        self._selector.close()
