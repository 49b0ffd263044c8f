"""What the system itself says to a start, before the program has a word."""

from __future__ import annotations

import signal

from entraclaw_tui.demo.mac.launchd.code import read_pairs
from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.outcome import Outcome
from entraclaw_tui.demo.mac.layout import Layout

CODE_CHANGED = "OS_REASON_CODESIGNING"


def verdict(ground: Ground, definition: Definition) -> Outcome | None:
    """Return how a start ends at once, None where nothing is against it."""
    reason = read_pairs(Layout(ground.host.root).fates).get(definition.label, "")
    if ground.code.changed(definition.label, definition.program):
        reason = CODE_CHANGED
    return Outcome(-signal.SIGKILL, reason) if reason else None
