"""What all jobs of one launchd share."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

from entraclaw_tui.demo.mac.launchd.code import Requirements
from entraclaw_tui.demo.mac.launchd.journal import Journal
from entraclaw_tui.demo.mac.launchd.ledger import Ledger
from entraclaw_tui.demo.mac.launchd.reactor import Reactor
from entraclaw_tui.macos.host import Host


@dataclass(slots=True)
class Ground:
    """The Mac, the loop, the log and launchd's moods."""

    host: Host
    reactor: Reactor
    journal: Journal
    adopted: dict[int, socket.socket]
    speed: float
    """How many times faster launchd's clocks run. A job's own time to end is never cut short."""
    environment: dict[str, str]
    """What `launchctl setenv` put into every job."""
    code: Requirements
    ledger: Ledger
    switched_off: frozenset[str] = frozenset()
    """Labels that the person switched off in Login Items."""
    past_runs: dict[str, str] = field(default_factory=dict)
    """How often jobs were started before this launchd came up."""
    on_demand: bool = False
    """Whether only what is asked for starts (a staged update does that to macOS 26)."""
    deaf: frozenset[str] = frozenset()
    """Jobs that on-demand-only mode holds back even from their sockets: a look starts none."""
    closing: bool = False
    coalitions: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
