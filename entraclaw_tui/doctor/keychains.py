"""The keychains around the agent's items: locked or not, and which others are searched."""

from __future__ import annotations

import asyncio

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.keychain import SECURITY, Lock, parse_dump, read_lock
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.security_texts import parse_keychains
from entraclaw_tui.model.keychain import Keychain, KeychainItem
from entraclaw_tui.model.source import Empty, Failed, Loaded

_LOCKED = frozenset(osstatus.explain(status).words for status in (36, 152))
_DEADLINE = 10.0
_CAP = 64 * 1024 * 1024
_MOST = 8
"""Keychains beside the login one that are looked through."""


async def lock(host: Host) -> tuple[Loaded[Lock] | None, str]:
    """Return when the login keychain locks by itself, and in words that it is locked now.

    Only for sessions without a screen: at the screen a locked keychain would answer with a
    dialog. (None, "") where `security` did not say.
    """
    found = await read_lock(host)
    if isinstance(found, Loaded):
        return found, ""
    return None, found.reason if found.reason in _LOCKED else ""


async def elsewhere(host: Host) -> tuple[KeychainItem, ...]:
    """Return the agent's items in the keychains of the search list other than the login one."""
    try:
        listed = await host.run(SECURITY, "list-keychains")
    except ToolError:
        return ()
    own = str(Places.of(host).login_keychain)
    paths = [
        path
        for path in parse_keychains(listed.stdout.decode("utf-8", "backslashreplace"))
        if path != own and path.startswith("/")
    ]
    found = await asyncio.gather(*(_items(host, path) for path in paths[:_MOST]))
    return tuple(item for items in found for item in items)


async def with_readers(
    host: Host, keychain: Loaded[Keychain] | Empty | Failed
) -> Loaded[Keychain] | Empty | Failed:
    """Return the login keychain once more, with who can read each of the agent's items.

    Only while the keychain is known to be open: the list of a locked one may be asked for on the
    screen. Where `security` does not answer, what was known stays.
    """
    if not isinstance(keychain, Loaded):
        return keychain
    items = await _items(host, keychain.value.path, "-a")
    if not items:
        return keychain
    found = Keychain(keychain.value.path, items, keychain.value.others)
    return Loaded(found, keychain.at)


async def _items(host: Host, path: str, *options: str) -> tuple[KeychainItem, ...]:
    try:
        ran = await host.run(
            SECURITY, "dump-keychain", *options, path, deadline=_DEADLINE, cap=_CAP
        )
    except ToolError:
        return ()
    return parse_dump(ran.stdout, (LABEL,)).items if ran.exit == 0 else ()
