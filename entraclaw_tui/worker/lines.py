"""What a client's connection knows of itself, as the request side needs it."""

from __future__ import annotations

from typing import Protocol

from entraclaw_tui.ipc.peer import Peer
from entraclaw_tui.worker.requester import Asker


class Line(Protocol):
    """One connection of a client."""

    peer: Peer
    claimed_name: str
    claimed_version: str
    shows_code: bool

    async def asker(self) -> Asker:
        """Return what the system says of the client."""
        ...

    def unchanged(self) -> bool:
        """Whether the same process, running the same program, is still at the other end."""
        ...
