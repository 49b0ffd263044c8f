"""What macOS has allowed and denied: both TCC databases, or what `tccutil` lists since 27."""

from __future__ import annotations

import asyncio
import time

import msgspec

from entraclaw_tui.macos import tcc_list, tcc_services
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.tcc_rows import ABSENT, DAMAGED, DENIED, LISTED, READ, read_rows
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

REFUSED = "macOS does not let this program read the privacy databases."
_HINT = "Give your terminal Full Disk Access in System Settings, under Privacy & Security."


async def read_privacy(host: Host) -> Loaded[Privacy] | Empty | Failed:
    """Return the rows of both databases.

    A database that was not read is no failure as long as the other one was: the value says
    `absent` (this macOS keeps it elsewhere), `denied` (no Full Disk Access) or `damaged`. Where
    the person's own is absent and `tccutil` can list, its list stands in: `listed`.
    """
    found = await asyncio.to_thread(read_databases, Places.of(host))
    if found.user_database == ABSENT:
        found = await _with_list(host, found)
    return judge(found, time.time())


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
    if states & {READ, LISTED}:
        return Loaded(found, at)
    if DENIED in states:
        return Failed(REFUSED, _HINT)
    if DAMAGED in states:
        return Failed("The privacy database cannot be read; it may be damaged or of a new form.")
    return Failed("The privacy databases cannot be read.")


async def _with_list(host: Host, found: Privacy) -> Privacy:
    """Return the same with what `tccutil list` tells of each database that was not read.

    The system's keeps its state: it is there to be read, by whoever may.
    """
    whole = found.system_database == READ
    shared = () if whole else tuple(s.key for s in tcc_services.all_services() if s.system)
    listed = await tcc_list.list_grants(host, (*tcc_list.ASKED, *shared))
    if isinstance(listed, Empty):
        return found
    if isinstance(listed, Failed):
        return msgspec.structs.replace(found, note=listed.reason)
    silent = ", ".join(listed.silent)
    return msgspec.structs.replace(
        found,
        grants=listed.grants + found.grants,
        user_database=LISTED,
        note=f"`tccutil` told nothing of {silent}." if silent else "",
    )
