"""Log lines: what they say. Reading the files is `tail`'s, offered here too."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from entraclaw_tui.macos.tail import follow, last_lines
from entraclaw_tui.model.log import LogLine

__all__ = ["follow", "last_lines", "parse_launchd_line", "parse_plain_line", "parse_worker_line"]

_OWN = frozenset({"at", "level", "origin", "message"})
_LEVELS = {
    "critical": "error",
    "fault": "error",
    "error": "error",
    "warning": "warning",
    "warn": "warning",
    "notice": "info",
    "default": "info",
    "info": "info",
    "debug": "debug",
}
# 2026-08-14 20:21:43.323136 (gui/501/com.example.job [30002]) <Notice>: message
_LAUNCHD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) \((.*?)\) <(\w+)>: (.*)")
_decode = msgspec.json.Decoder(dict[str, object]).decode


def parse_worker_line(line: str) -> LogLine:
    """Return one line of the worker's log; one that is no JSON object is shown as it is."""
    try:
        fields = _decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return LogLine(None, "worker", "info", line)
    more = "".join(f" {key}={value}" for key, value in fields.items() if key not in _OWN)
    return LogLine(
        at=_number(fields.get("at")),
        origin=str(fields.get("origin", "worker")),
        level=_LEVELS.get(str(fields.get("level", "")).lower(), "info"),
        message=f"{fields.get('message', '')}{more}",
    )


def parse_launchd_line(line: str) -> LogLine:
    """Return one line of launchd's own log, whose times are local and without a zone."""
    found = _LAUNCHD.match(line)
    if found is None:
        return LogLine(None, "launchd", "info", line)
    moment, target, level, message = found.groups()
    return LogLine(
        _timestamp(moment),
        "launchd",
        _LEVELS.get(level.lower(), "info"),
        f"{target}: {message}",
    )


def parse_plain_line(line: str, origin: str) -> LogLine:
    """Return a line of a log without a form of its own, such as `agent err`."""
    return LogLine(None, origin, "info", line)


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _timestamp(moment: str) -> float | None:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
