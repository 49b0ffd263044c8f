"""`launchctl list`, the older view: one line a job, or one job as an old-style property list."""

from __future__ import annotations

import re

import msgspec

from entraclaw_tui.macos.launchctl_keys import signal_name
from entraclaw_tui.model.job import JobRow

_ROW = re.compile(r"(-|\d{1,10})\s+(-|-?\d{1,10})\s+(\S.*)")
_FIELD = re.compile(r'(\s*)"([^"]+)" = (.*);')
_LIST = re.compile(r'(\s*)"([^"]+)" = \(')
_WORD = re.compile(r'\s*"?(.*?)"?;')


class ListedJob(msgspec.Struct, frozen=True):
    """A job as `launchctl list LABEL` tells it. A value is None where it was not printed."""

    label: str
    pid: int | None = None
    wait_status: int | None = None
    """`LastExitStatus`: the raw status of wait(2), 19968 for an exit with 78."""
    exit_code: int | None = None
    signal: int | None = None
    program: str = ""
    arguments: tuple[str, ...] = ()
    stdout_path: str = ""
    stderr_path: str = ""
    session: str = ""
    on_demand: bool | None = None
    raw: tuple[tuple[str, str], ...] = ()
    """Every plain field as printed, quotes included."""
    complete: bool = True


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
    for key, value in _fields(text):
        fields.setdefault(key, value.strip('"'))
    return fields


def parse_listed(text: str) -> ListedJob | None:
    """Return the job of a `launchctl list LABEL`, or None for a text of something else."""
    if not text.lstrip().startswith("{"):
        return None
    fields = parse_list_job(text)
    status = _integer(fields.get("LastExitStatus"))
    plain = status is not None and status & 0x7F == 0
    demand = fields.get("OnDemand")
    return ListedJob(
        label=fields.get("Label", ""),
        pid=_integer(fields.get("PID")) or None,
        wait_status=status,
        exit_code=status >> 8 & 0xFF if status is not None and plain else None,
        signal=status & 0x7F if status is not None and not plain else None,
        program=fields.get("Program", ""),
        arguments=_array(text, "ProgramArguments"),
        stdout_path=fields.get("StandardOutPath", ""),
        stderr_path=fields.get("StandardErrorPath", ""),
        session=fields.get("LimitLoadToSessionType", ""),
        on_demand=None if demand is None else demand == "true",
        raw=tuple(_fields(text)),
        complete=text.rstrip().endswith(("};", "}")),
    )


def wait_status(raw: int) -> str:
    """Return in words what `LastExitStatus` means: it is the raw status of wait(2)."""
    if raw & 0x7F == 0:
        return f"exit status {raw >> 8 & 0xFF}"
    return f"ended by {signal_name(raw & 0x7F)}"


def _fields(text: str) -> list[tuple[str, str]]:
    """Return the plain fields of the outermost level."""
    found = [match for line in text.splitlines() if (match := _FIELD.fullmatch(line))]
    return [(match[2], match[3]) for match in found if match[1] == found[0][1]]


def _array(text: str, name: str) -> tuple[str, ...]:
    words: list[str] = []
    inside = False
    for line in text.splitlines():
        if inside:
            if line.strip() in (");", ")"):
                break
            if match := _WORD.fullmatch(line):
                words.append(match[1])
        elif (opened := _LIST.fullmatch(line)) and opened[2] == name:
            inside = True
    return tuple(words)


def _integer(value: str | None) -> int | None:
    digits = value or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else None
