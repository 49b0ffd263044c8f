"""Which Mac this is, and whether its screen is locked."""

from __future__ import annotations

import asyncio
import os
import plistlib
from xml.parsers.expat import ExpatError

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.jobs import choose_domain
from entraclaw_tui.model.machine import Machine

SW_VERS = "/usr/bin/sw_vers"
IOREG = "/usr/sbin/ioreg"

_IOREG_CAP = 4 * 1024 * 1024


async def read_machine(host: Host) -> Machine:
    """Return who and where we are; what cannot be read stays empty."""
    versions, domain, locked = await asyncio.gather(
        _versions(host), _domain(host), screen_locked(host)
    )
    return Machine(
        host=host.name,
        user=host.user,
        uid=host.uid,
        macos=versions.get("ProductVersion", ""),
        build=versions.get("BuildVersion", ""),
        domain=domain,
        pretend=host.pretend,
        over_ssh=over_ssh(),
        screen_locked=locked,
    )


async def screen_locked(host: Host) -> bool | None:
    """Return whether this user's desktop is locked; None where nothing can be told."""
    try:
        ran = await host.run(IOREG, "-n", "Root", "-d1", "-a", cap=_IOREG_CAP)
    except ToolError:
        return None
    return parse_locked(ran.stdout, host.uid) if ran.exit == 0 else None


def parse_versions(text: str) -> dict[str, str]:
    """Return the fields of `sw_vers`: `ProductName`, `ProductVersion`, `BuildVersion`."""
    fields = {}
    for line in text.splitlines():
        key, mark, value = line.partition(":")
        if mark:
            fields[key.strip()] = value.strip()
    return fields


def parse_locked(data: bytes, uid: int) -> bool | None:
    """Return what `ioreg -n Root -d1 -a` says of this user's session at the screen.

    `CGSSessionScreenIsLocked` is in the session's entry while the screen is locked and absent
    else. None where the user has no session there.
    """
    try:
        root = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError):
        return None
    sessions = root.get("IOConsoleUsers") if isinstance(root, dict) else None
    for session in sessions if isinstance(sessions, list) else ():
        if isinstance(session, dict) and session.get("kCGSSessionUserIDKey") == uid:
            return bool(session.get("CGSSessionScreenIsLocked", False))
    return None


def over_ssh() -> bool:
    """Return whether this terminal came over SSH. A hint for words on the screen, no more."""
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


async def _versions(host: Host) -> dict[str, str]:
    try:
        ran = await host.run(SW_VERS)
    except ToolError:
        return {}
    return parse_versions(ran.stdout.decode("utf-8", "backslashreplace"))


async def _domain(host: Host) -> str:
    try:
        return await choose_domain(host)
    except ToolError:
        return host.domain
