"""Protects the person's attention: how often a client may ask, and when it has to rest."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

PENDING_A_CLIENT: Final = 5
PENDING_IN_ALL: Final = 200
ASKS_A_MINUTE: Final = 10
REST_SECONDS: Final = 300.0
_REFUSALS: Final = 2
"""Denials or time-outs in a row, of one client, after which it rests: whatever it asks for, else
it would only have to name another resource."""
_REMEMBERED: Final = 2000
"""Clients that are kept in mind; the longest unused goes first."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Fatigue:
    """Token buckets and rests, in memory; the rests come back from the clients' rows at start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._refusals: OrderedDict[str, int] = OrderedDict()
        self._rests: OrderedDict[str, float] = OrderedDict()

    def check_rest(self, client: str) -> None:
        """Raise WireError `resting` while this client rests."""
        until = self._rests.get(client)
        if until is None:
            return
        left = until - self._clock.mono()
        if left <= 0:
            del self._rests[client]
            return
        raise WireError(
            Code.RESTING,
            "Two requests were turned down or left unanswered; this client rests.",
            "Ask again later.",
            float(math.ceil(left)),
        )

    def check_room(self, client_pending: int, all_pending: int) -> None:
        """Raise WireError `too_many` where too much already waits for a decision."""
        if client_pending >= PENDING_A_CLIENT:
            raise WireError(
                Code.TOO_MANY,
                f"{client_pending} requests of this client wait already.",
                "Wait for a decision, or cancel one.",
                5.0,
            )
        if all_pending >= PENDING_IN_ALL:
            raise WireError(Code.TOO_MANY, "Too many requests wait already.", "", 10.0)

    def take(self, client: str) -> None:
        """Count one ask. Raises WireError `too_many` past the rate."""
        now = self._clock.mono()
        bucket = self._buckets.pop(client, None) or _Bucket(float(ASKS_A_MINUTE), now)
        rate = ASKS_A_MINUTE / 60.0
        bucket.tokens = min(float(ASKS_A_MINUTE), bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets[client] = bucket
        _trim(self._buckets)
        if bucket.tokens < 1.0:
            wait = float(math.ceil((1.0 - bucket.tokens) / rate))
            raise WireError(Code.TOO_MANY, f"At most {ASKS_A_MINUTE} requests a minute.", "", wait)
        bucket.tokens -= 1.0

    def refused(self, client: str) -> float | None:
        """Count a denial or a time-out. Returns how many seconds the client rests, if it does."""
        count = self._refusals.pop(client, 0) + 1
        if count < _REFUSALS:
            self._refusals[client] = count
            _trim(self._refusals)
            return None
        self.rest(client, REST_SECONDS)
        return REST_SECONDS

    def rest(self, client: str, seconds: float) -> None:
        """Let a client rest from now on, REST_SECONDS at most."""
        self._rests.pop(client, None)
        self._rests[client] = self._clock.mono() + min(seconds, REST_SECONDS)
        _trim(self._rests)

    def allowed(self, client: str) -> None:
        """Forget earlier refusals: the person said yes."""
        self._refusals.pop(client, None)
        self._rests.pop(client, None)

    def forgive(self, client: str) -> None:
        """End the rest of a client: the person unblocked it."""
        self.allowed(client)


def _trim(table: OrderedDict[K, V]) -> None:
    while len(table) > _REMEMBERED:
        table.popitem(last=False)
