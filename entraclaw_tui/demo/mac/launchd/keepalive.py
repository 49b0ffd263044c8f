"""What KeepAlive makes of a process's end."""

from __future__ import annotations

from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.outcome import Outcome


def kept_alive_because(definition: Definition, last: Outcome | None) -> str:
    """Return launchd's reason to start the job again, empty where it may rest."""
    if definition.keep_alive:
        return "inefficient"
    if last is None:
        return ""
    conditions = (
        (definition.successful_exit, last.success),
        (definition.crashed, last.crash),
    )
    # launchd.plist(5): several conditions are alternatives.
    kept = any(wanted is not None and wanted == met for wanted, met in conditions)
    return "semaphore" if kept else ""
