"""What a scenario is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entraclaw_tui.macos.host import Host


def nothing(_: Host) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """How a healthy, furnished pretend Mac comes into one state."""

    change: Callable[[Host], None] = nothing
    """Called before launchd comes up, on a new Mac and on one that was furnished before."""
    worker: bool = True
    """Whether the worker answers."""
    reached: str = ""
    """Words of `launchctl print` of the agent that say the state is reached."""
    domain: str = ""
    """Where the agent is; empty for the desktop's domain."""
    macos: str = ""
    """The release that it needs; empty for any."""
