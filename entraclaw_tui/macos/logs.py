"""Log lines: what they say. Reading the files is `tail`'s, offered here too."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from entraclaw_tui.macos.tail import Turn, follow, last_lines
from entraclaw_tui.model.log import NOTICE, LogLine

__all__ = [
    "Turn",
    "fields_of",
    "follow",
    "last_lines",
    "parse_launchd_line",
    "parse_plain_line",
    "parse_worker_line",
    "turn_line",
]

_ORIGIN_CAP = 24
_YEAR_10000 = 253_402_300_800.0
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
    at = _moment(fields.pop("at", None))
    level = _LEVELS.get(str(fields.pop("level", "")).lower(), "info")
    origin = str(fields.pop("origin", "worker"))[:_ORIGIN_CAP]
    message = str(fields.pop("message", ""))
    if fields:
        message += "".join([f" {key}={value}" for key, value in fields.items()])
    return LogLine(at, origin, level, message, line)


def fields_of(line: LogLine) -> tuple[tuple[str, str], ...]:
    """Return the fields of a line that was JSON, each name with its value as text; else none."""
    if not line.raw:
        return ()
    try:
        fields = _decode(line.raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ()
    return tuple((name, _as_text(value)) for name, value in fields.items())


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


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


def parse_plain_line(line: str, origin: str, near: float = 0.0) -> LogLine:
    """Return a line of a log without a form of its own, such as `agent err`; `near` is about when
    it was written."""
    return LogLine(None, origin, "info", line, "", near)


def turn_line(turn: Turn, origin: str, at: float, path: str) -> LogLine:
    """Return what happened to a log as a line in it."""
    return LogLine(at, origin, NOTICE, f"{path} {turn.value}.")


def _moment(value: object) -> float | None:
    """Return seconds since 1970 where a clock of a person's time shows them, else None."""
    try:
        at = float(value) if isinstance(value, int | float) else -1.0
    except OverflowError:
        return None
    return at if 0 <= at < _YEAR_10000 else None


def _timestamp(moment: str) -> float | None:
    try:
        return _moment(datetime.fromisoformat(moment).timestamp())
    except (ValueError, OverflowError, OSError):
        return None
