"""The Mac we stand on, or the folder that plays one."""

from __future__ import annotations

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """Who and where we are."""

    host: str
    user: str
    uid: int
    macos: str
    """Product version as `sw_vers` prints it, `26.5`; empty where it could not be read."""
    build: str
    domain: str
    """The launchd domain of the agent: `gui/501` with a desktop login, `user/501` without."""
    pretend: bool
    over_ssh: bool
    screen_locked: bool | None
    """None where the console tells nothing (nobody logged in, no `ioreg`)."""
