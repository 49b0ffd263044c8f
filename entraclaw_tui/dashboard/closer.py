"""What is read of a Keychain item or a privacy row only while a person looks at it closely."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:  # each reader is imported with its first question
    from entraclaw_tui.dashboard.read import Read
    from entraclaw_tui.macos.keychain_readers import Readers
    from entraclaw_tui.macos.tcc_match import Match
    from entraclaw_tui.model.keychain import KeychainState
    from entraclaw_tui.model.privacy import PrivacyGrant

READERS: Key[tuple[Readers, ...]] = Key("keychain's readers")
LOCK: Key[KeychainState] = Key("keychain's lock")


class Closer(msgspec.Struct, frozen=True):
    """The readers. Each answers with data, nothing or a failure, and raises nothing expected."""

    readers: Read[tuple[Readers, ...]]
    """Who can read the agent's items. macOS may ask a person: only when one wants it."""
    lock: Read[KeychainState]
    """Whether the keychain is open, asked even where a dialog may come of it."""
    match: Callable[[PrivacyGrant], Awaitable[Match]]
    """Compares a privacy row with the program that runs now."""
    program: Callable[[], Awaitable[str]]
    """The agent's program that macOS judges, as a path of the Mac; empty where none is known."""
    show_settings: Callable[[str], Awaitable[str]]
    """Opens a service's pane in System Settings; returns why it did not, else nothing."""


def of_mac(host: Host, clock: Callable[[], float]) -> Closer:
    """Return the readers of this Mac, real or pretend."""

    async def readers() -> Loaded[tuple[Readers, ...]] | Empty | Failed:
        from entraclaw_tui.macos import keychain_readers

        return await keychain_readers.read_readers(host)

    async def lock() -> Loaded[KeychainState] | Empty | Failed:
        from entraclaw_tui.macos import keychain_state

        state = await keychain_state.read_state(host, asked=True)
        return Failed(state.note) if state.locked is None else Loaded(state, clock())

    async def match(grant: PrivacyGrant) -> Match:
        from entraclaw_tui.macos import tcc_match

        (found,) = await tcc_match.read_matches(host, (grant,))
        return found

    async def program() -> str:
        from entraclaw_tui.macos import job_story

        found = await job_story.read_program(host)
        return found.value.real if isinstance(found, Loaded) else ""

    async def show_settings(service: str) -> str:
        from entraclaw_tui.macos import settings_link

        return await settings_link.show(host, service)

    return Closer(readers, lock, match, program, show_settings)
