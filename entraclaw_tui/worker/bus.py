"""Events: every change with a growing number, kept for a while, told to whoever subscribed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from entraclaw_tui.ipc.messages import Event
from entraclaw_tui.model.consent import AuditEntry, Client, Grant, TokenInfo
from entraclaw_tui.worker.rows import Change, StoredRequest

KEPT: Final = 512
Listener = Callable[[Event], None]


class Bus:
    """Numbers events. The first number is taken from the clock, so that a restart never repeats."""

    def __init__(self, started_at: float) -> None:
        self.seq = int(started_at * 1000)
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._first = self.seq
        """The number before the oldest event that is kept."""
        self._listeners: dict[int, Listener] = {}
        self._tickets = 0

    def publish(self, event: Event) -> None:
        """Number an event and tell it to all."""
        numbered = msgspec.structs.replace(event, seq=self._next())
        if len(self._kept) == KEPT:
            self._first = self._kept[0].seq
        self._kept.append(numbered)
        for listener in tuple(self._listeners.values()):
            listener(numbered)

    def private(self, event: Event, listener: Listener) -> None:
        """Number an event and tell it to one; the others see a gap in the numbers."""
        listener(msgspec.structs.replace(event, seq=self._next()))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of everything from now on; the result ends that."""
        self._tickets += 1
        ticket = self._tickets
        self._listeners[ticket] = listener
        return lambda: self._listeners.pop(ticket, None) and None

    def since(self, seq: int) -> tuple[Event, ...] | None:
        """Return the events after `seq`, or None where some of them are no longer known."""
        if seq < self._first or seq > self.seq:
            return None
        return tuple(event for event in self._kept if event.seq > seq)

    def _next(self) -> int:
        self.seq += 1
        return self.seq


def event_of(change: Change) -> Event:
    """Return the event that tells of a change; its number comes later."""
    match change:
        case StoredRequest():
            return Event(0, "request", request=change.request)
        case Grant():
            return Event(0, "grant", grant=change)
        case TokenInfo():
            return Event(0, "token", token=change)
        case Client():
            return Event(0, "client", client=change)
        case AuditEntry():
            return Event(0, "audit", audit=change)
