"""A command's connection to the worker's control socket: look, deny, revoke. Never allow."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from entraclaw_tui import __version__
from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Stop
from entraclaw_tui.ipc.client import Connection
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Nothing, Snapshot
from entraclaw_tui.macos.places import Places

if TYPE_CHECKING:
    from entraclaw_tui.macos.host import Host

_LATER = {Code.TOO_MANY, Code.RESTING, Code.PAUSED, Code.TOO_SLOW}


@contextlib.asynccontextmanager
async def control(host: Host) -> AsyncIterator[Connection]:
    """Connect to the worker. Raises Stop with the cause and the next step."""
    try:
        async with await Connection.open(
            Places.of(host).control_socket, "entraclaw-tui", __version__
        ) as connection:
            yield connection
    except ConnectionLost as error:
        raise Stop(f"{error} See `entraclaw-tui jobs`.", exits.TRY_AGAIN) from None
    except WireError as error:
        raise refused(error) from None


async def snapshot(host: Host) -> Snapshot:
    """Return everything the worker tells. Raises Stop."""
    async with control(host) as connection:
        return await connection.call("snapshot", Nothing(), Snapshot)


def refused(error: WireError) -> Stop:
    """Return the end that a refusal means: try again later, or no."""
    words = f"{error.message} {error.hint}".strip()
    return Stop(words, exits.TRY_AGAIN if error.code in _LATER else exits.ERRORS)
