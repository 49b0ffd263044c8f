"""Closing a connection: whoever is told to stop meanwhile stops."""

from __future__ import annotations

import asyncio
import socket

import pytest

from entraclaw_tui.ipc.client import Connection


async def test_whoever_is_canceled_while_it_closes_is_canceled() -> None:
    """A panel that is left while its connection ends would go on connecting, and not end."""
    ours, theirs = socket.socketpair()
    with theirs:
        connection = Connection(*await asyncio.open_connection(sock=ours))
        closing = asyncio.create_task(connection.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await connection.close()
