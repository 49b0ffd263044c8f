"""The login keychain's items without their secrets, read by `security` and never with a prompt."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.keychain_dump import parse_dump
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.keychain import Keychain, KeychainItem
from entraclaw_tui.model.source import Empty, Failed, Loaded

__all__ = ["Lock", "find_item", "parse_dump", "parse_lock", "read_keychain", "read_lock"]

SECURITY = "/usr/bin/security"

_DUMP_CAP = 64 * 1024 * 1024
_DUMP_DEADLINE = 10.0
_STUCK = "Somebody may have to answer a question at the Mac's screen."
_LOCK = re.compile(r'^Keychain "(.*)"((?: lock-on-sleep)?) (?:timeout=(\d+)s|no-timeout)\s*$')


@dataclass(frozen=True, slots=True)
class Lock:
    """When a keychain locks by itself."""

    on_sleep: bool
    after_seconds: int | None
    """None: it stays open until log-out."""


async def read_keychain(
    host: Host, services: tuple[str, ...] = (LABEL,)
) -> Loaded[Keychain] | Empty | Failed:
    """Return the login keychain's items of `services`, dates and names but no secret.

    The dump asks for attributes alone (never `-d` or `-a`), so it prompts nobody and works while
    the keychain is locked. A keychain file that does not exist gives an empty dump.
    """
    path = Places.of(host).login_keychain
    try:
        ran = await host.run(
            SECURITY, "dump-keychain", str(path), deadline=_DUMP_DEADLINE, cap=_DUMP_CAP
        )
    except ToolError as error:
        return Failed(str(error), _STUCK)
    if ran.exit != 0:
        return osstatus.failure(ran)
    found = parse_dump(ran.stdout, services)
    if not found.items and not found.others:
        if not path.exists():
            return Empty(f"There is no login keychain at {host.shown(path)}.")
        return Empty("The login keychain has no items.")
    return Loaded(Keychain(found.path or str(path), found.items, found.others), time.time())


async def find_item(
    host: Host, service: str, account: str
) -> Loaded[KeychainItem] | Empty | Failed:
    """Return one item's attributes; Empty where there is none. Reads no secret, prompts nobody."""
    try:
        ran = await host.run(SECURITY, "find-generic-password", "-s", service, "-a", account)
    except ToolError as error:
        return Failed(str(error), _STUCK)
    if ran.exit == osstatus.NOT_FOUND:
        return Empty(osstatus.explain(ran.exit).words)
    if ran.exit != 0:
        return osstatus.failure(ran)
    items = parse_dump(ran.stdout).items
    if not items:
        return Failed("`security` answered in a way that we cannot read.")
    return Loaded(items[0], time.time())


async def read_lock(host: Host) -> Loaded[Lock] | Failed:
    """Return when the login keychain locks; Failed says so where it is locked now.

    Only for sessions without a screen: at the screen a locked keychain would answer with a
    dialog.
    """
    path = Places.of(host).login_keychain
    try:
        ran = await host.run(SECURITY, "show-keychain-info", str(path))
    except ToolError as error:
        return Failed(str(error), _STUCK)
    if ran.exit != 0:
        return osstatus.failure(ran)
    found = parse_lock(ran.stderr.decode("utf-8", "backslashreplace"))
    if found is None:
        return Failed("`security` answered in a way that we cannot read.")
    return Loaded(found, time.time())


def parse_lock(text: str) -> Lock | None:
    """Return what `security show-keychain-info` says (on standard error), or None."""
    for line in text.splitlines():
        if found := _LOCK.match(line):
            seconds = int(found[3]) if found[3] and len(found[3]) < 12 else None
            return Lock(bool(found[2]), seconds)
    return None
