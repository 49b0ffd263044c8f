"""Whether the program is still the one that was installed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.install_record import Change
from entraclaw_tui.model.finding import Finding, Repair, Severity


def changed(evidence: Evidence) -> Iterator[Finding]:
    """The package or its interpreter is not what `agent install` recorded."""
    installed = evidence.installed
    if installed is None or not installed.changes or evidence.definition.file is None:
        return
    what = " and ".join(_NAMES[change.what] for change in installed.changes)
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(installed.record.at))
    yield Finding(
        "install-changed",
        Severity.WARNING,
        f"Since the agent was installed, {what} changed.",
        (f"recorded at {since}", *(_line(change) for change in installed.changes)),
        "An upgrade does that, and so does whoever gets at the files. Grants and Keychain rights "
        "belong to the old program, and a worker that was running before still runs its code.",
        Repair(
            "If it was an upgrade of yours, install again; if not, find out who did it first.",
            (repairs.OWN, "agent", "install", "--yes"),
        ),
        about="job",
    )


_NAMES = {"package": "its package", "interpreter": "its Python"}


def _line(change: Change) -> str:
    before, now = change.before, change.version
    was = f"{change.what} {before.real}: {before.version} {before.digest.sha256[:12]}"
    if change.trouble:
        return f"{was}, now not readable ({change.trouble})"
    moved = f"{change.real} " if change.real != before.real else ""
    return f"{was}, now {moved}{now} {change.sha256[:12]}".replace("  ", " ")
