"""Who waits for a request to come to rest."""

from __future__ import annotations

import asyncio

from entraclaw_tui.model.consent import State
from entraclaw_tui.worker.rows import Change, StoredRequest

RESTING = frozenset(state for state in State if state.final) | {State.READY}
"""States in which nothing happens by itself."""


class Waiters:
    """Futures by request, done when it is ready or at its end."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    async def wait(self, request_id: str, seconds: float) -> None:
        """Return when the request comes to rest, or after `seconds`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(request_id, set()).add(future)
        try:
            await asyncio.wait([future], timeout=seconds)
        finally:
            waiting = self._waiting.get(request_id)
            if waiting is not None:
                waiting.discard(future)
                if not waiting:
                    del self._waiting[request_id]
            future.cancel()

    def wake(self, request_id: str) -> None:
        """Wake all who wait for this request."""
        for future in self._waiting.get(request_id, ()):
            if not future.done():
                future.set_result(None)

    def committed(self, changes: list[Change]) -> None:
        """Follow the commits."""
        for change in changes:
            if isinstance(change, StoredRequest) and change.request.state in RESTING:
                self.wake(change.request.id)
