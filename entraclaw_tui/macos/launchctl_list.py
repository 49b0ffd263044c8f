"""`launchctl list`, the older view: one line a job, or one job as an old-style property list."""

from __future__ import annotations

import re
import signal

from entraclaw_tui.model.job import JobRow

_ROW = re.compile(r"(-|\d{1,10})\s+(-|-?\d{1,10})\s+(\S.*)")
_FIELD = re.compile(r'(\s*)"([^"]+)" = (.*);')


def parse_list(text: str) -> tuple[JobRow, ...]:
    """Return the jobs of a `launchctl list`; lines that are no jobs are passed over.

    It lists the domain of the caller's own session, so over SSH the desktop's jobs are missing.
    """
    rows = []
    for line in text.splitlines():
        if found := _ROW.fullmatch(line.strip()):
            pid, status, label = found.groups()
            rows.append(JobRow(label, int(pid) if pid.isdecimal() and int(pid) else None, status))
    return tuple(rows)


def parse_list_job(text: str) -> dict[str, str]:
    """Return the plain fields of a `launchctl list LABEL`, texts without their quotes."""
    fields: dict[str, str] = {}
    indent: str | None = None
    for line in text.splitlines():
        if found := _FIELD.fullmatch(line):
            indent = found[1] if indent is None else indent
            if found[1] == indent:
                fields.setdefault(found[2], found[3].strip('"'))
    return fields


def wait_status(raw: int) -> str:
    """Return in words what `LastExitStatus` means: it is the raw status of wait(2)."""
    if raw & 0x7F == 0:
        return f"exit status {raw >> 8 & 0xFF}"
    try:
        name = signal.Signals(raw & 0x7F).name
    except ValueError:
        name = f"signal {raw & 0x7F}"
    return f"ended by {name}"
