"""Whether the login keychain is open, when it locks, and which keychains are searched.

`security show-keychain-info` answers a locked keychain with a dialog where the session has a
screen, so there nobody asks it unless a person wants that.
"""

from __future__ import annotations

import asyncio

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.jobs import choose_domain
from entraclaw_tui.macos.keychain import SECURITY, Lock, read_lock
from entraclaw_tui.macos.security_texts import parse_keychains
from entraclaw_tui.macos.system import over_ssh
from entraclaw_tui.model.keychain import KeychainState
from entraclaw_tui.model.source import Failed, Loaded

UNLOCK = "security unlock-keychain"
"""Asks for the login keychain's password on the terminal, and opens it for that session."""
NOT_ASKED = "Not asked: here a locked keychain would answer with a dialog on the screen."

_LOCKED = frozenset(osstatus.explain(status).words for status in (36, 152))
_CANCELED = osstatus.explain(128).words


async def read_state(host: Host, *, asked: bool = False) -> KeychainState:
    """Return the login keychain's state; never raises.

    Where the session may have a screen only `asked` lets it ask: a person wants to know, and may
    have to answer a dialog.
    """
    quiet, search = await asyncio.gather(_quiet(host), _search(host))
    if not (quiet or asked):
        return KeychainState(None, search=search, note=NOT_ASKED)
    return judge(await read_lock(host), search)


def judge(lock: Loaded[Lock] | Failed, search: tuple[str, ...]) -> KeychainState:
    """Return the state that the answer of `show-keychain-info` means."""
    if isinstance(lock, Loaded):
        value = lock.value
        return KeychainState(False, value.on_sleep, value.after_seconds, search)
    locked = lock.reason in _LOCKED
    if lock.reason == _CANCELED:
        # Only a locked keychain asks.
        return KeychainState(True, search=search, note="The dialog was answered with Cancel.")
    return KeychainState(True if locked else None, search=search, note=lock.reason)


def words(state: KeychainState) -> str:
    """Return in a few words whether it is open, and until when."""
    if state.locked is None:
        return "not known"
    if state.locked:
        return "locked"
    return f"open, {locks(state)}"


def locks(state: KeychainState) -> str:
    """Return when it locks by itself."""
    if state.on_sleep is None:
        return "when it locks is not known"
    after = f"after {_span(state.after_seconds)} without use" if state.after_seconds else ""
    sleep = "when the Mac sleeps" if state.on_sleep else ""
    when = " and ".join(part for part in (after, sleep) if part)
    return f"locks {when}" if when else "stays open until log-out"


def _span(seconds: int) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


async def _quiet(host: Host) -> bool:
    """Return whether no dialog can appear: the session has no screen."""
    if over_ssh():
        return True
    try:
        return (await choose_domain(host)).startswith("user/")
    except ToolError:
        return False


async def _search(host: Host) -> tuple[str, ...]:
    try:
        ran = await host.run(SECURITY, "list-keychains")
    except ToolError:
        return ()
    listed = parse_keychains(ran.stdout.decode("utf-8", "backslashreplace"))
    return tuple(host.shown(path) for path in listed)
