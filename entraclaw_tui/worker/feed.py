"""The events of one panel: bounded, and honest about what was dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.messages import Event, SubscribeResult
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.wire import Wire

WAITING: Final = 256
"""Events that wait for a slow panel; past them it is told to take a new snapshot."""


class Feed:
    """Subscribes one connection."""

    def __init__(self, wire: Wire, bus: Bus) -> None:
        self._wire = wire
        self._bus = bus
        self._waiting: deque[Event] = deque()
        self._lost = False
        self._stop: Callable[[], None] | None = None
        wire.on_drained = self._drain

    @property
    def active(self) -> bool:
        """Whether the panel has subscribed."""
        return self._stop is not None

    def subscribe(self, since: int) -> SubscribeResult:
        """Begin, and catch up with what came after `since` where that is still known."""
        missed = self._bus.since(since)
        if self._stop is None:
            self._stop = self._bus.subscribe(self.take)
        result = SubscribeResult(self._bus.seq, missed is None)
        for event in missed or ():
            self._waiting.append(event)
        return result

    def private(self, event: Event) -> None:
        """Tell this panel alone."""
        if self._stop is not None:
            self._bus.private(event, self.take)

    def take(self, event: Event) -> None:
        """Send an event, or let it wait."""
        if self._wire.writable and not self._waiting and not self._lost:
            self._wire.send(framing.encode_event(event))
            return
        if self._lost:
            return
        self._waiting.append(event)
        if len(self._waiting) > WAITING:
            self._waiting.clear()
            self._lost = True

    def flush(self) -> None:
        """Send what waits."""
        self._drain()

    def close(self) -> None:
        """End the subscription."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _drain(self) -> None:
        if self._lost and self._wire.writable:
            self._lost = False
            self._wire.send(framing.encode_event(Event(self._bus.seq, "resync")))
        while self._waiting and self._wire.writable:
            self._wire.send(framing.encode_event(self._waiting.popleft()))
