"""What macOS has allowed and denied: both TCC databases."""

from __future__ import annotations

import asyncio
import time

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.tcc_rows import ABSENT, DAMAGED, DENIED, read_rows
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

_HINT = (
    "Give your terminal Full Disk Access in System Settings, under Privacy & Security, or let "
    "the worker read them."
)


async def read_privacy(host: Host) -> Loaded[Privacy] | Empty | Failed:
    """Return the rows of both databases.

    A database that was not read is no failure as long as the other one was: the value says
    `absent` (this macOS keeps it elsewhere), `denied` (no Full Disk Access) or `damaged`.
    """
    return judge(await asyncio.to_thread(read_databases, Places.of(host)), time.time())


def read_databases(places: Places) -> Privacy:
    """Return what can be read of both databases. Blocks for some milliseconds."""
    user, mine = read_rows(places.user_tcc, "user")
    system, shared = read_rows(places.system_tcc, "system")
    return Privacy(mine + shared, user, system)


def judge(found: Privacy, at: float) -> Loaded[Privacy] | Empty | Failed:
    """Return what was found as a source: rows, nothing, or why nothing could be read."""
    states = {found.user_database, found.system_database}
    if states == {ABSENT}:
        return Empty("This Mac has no privacy database where we know to look.")
    if "read" in states:
        return Loaded(found, at)
    if DENIED in states:
        return Failed("macOS does not let this program read the privacy databases.", _HINT)
    if DAMAGED in states:
        return Failed("The privacy database cannot be read; it may be damaged or of a new form.")
    return Failed("The privacy databases cannot be read.")
