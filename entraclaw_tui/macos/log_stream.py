"""Lines of the unified log: `log stream` or `log show`, as ndjson and in its text styles."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from datetime import datetime

import msgspec

from entraclaw_tui.macos.host import Host, Ran, ToolError
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.macos.tool_stream import ToolEnded, stream
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.source import Failed

LOG = "/usr/bin/log"
PREDICATE = f'eventMessage CONTAINS "{LABEL}" OR processImagePath CONTAINS "entraclaw"'
"""What of the unified log is asked for: what it says of our job, whoever says it (log(1))."""

NOT_ADMIN = 77
"""Exit status of `log stream` for an account that may not manage the Mac."""

_INSTEAD = "launchd's own log is shown instead."
_SHOW_DEADLINE = 60.0
_SHOW_CAP = 32 * 1024 * 1024

_LEVELS = {
    "default": "info",
    "df": "info",
    "info": "info",
    "i": "info",
    "debug": "debug",
    "db": "debug",
    "error": "error",
    "e": "error",
    "fault": "error",
    "f": "error",
}
# 2018-12-21 01:44:41.308911+0800 0x3722     Default     0x0     0      0    process: (lib) text
_PLAIN = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}[+-]\d{4}) +0x[0-9a-f]+ +(\w+) +"
    r"(?:0x[0-9a-f]+ +)?(\d+) +\d+ +(.*)"
)
# 2022-11-14 13:21:15.341 Df My App[59972:780a15] (lib) text
_COMPACT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) (\w{1,2}) +(.*)")


class _Event(msgspec.Struct):
    """The fields of one ndjson line that are read; others are left."""

    timestamp: str = ""
    eventType: str = "logEvent"
    messageType: str | None = None
    eventMessage: str | None = None
    processImagePath: str | None = None
    processID: int | None = None
    subsystem: str | None = None
    category: str | None = None


_decode = msgspec.json.Decoder(_Event).decode


def parse_stream_line(line: str) -> LogLine | None:
    """Return one line of the unified log, or None for what is no message.

    The tool's own chatter (the banner, column heads, notes about users) and events without a
    message are none. Never raises.
    """
    line = line.strip("\r\n")
    if line.startswith("{"):
        return _from_json(line)
    if found := _PLAIN.fullmatch(line):
        moment, level, pid, rest = found.groups()
        return LogLine(_timestamp(moment), "system", _level(level), f"[{pid}] {rest}")
    if found := _COMPACT.fullmatch(line):
        moment, level, rest = found.groups()
        return LogLine(_timestamp(moment), "system", _level(level), rest)
    return None


async def follow(host: Host) -> AsyncGenerator[list[LogLine], None]:
    """Yield what the unified log says of our job from now on. Raises Refused once it may not."""
    arguments = ("stream", "--style", "ndjson", "--predicate", PREDICATE)
    try:
        async for batch in stream(host, LOG, *arguments):
            if told := [found for line in batch if (found := parse_stream_line(line))]:
                yield told
    except ToolEnded as error:
        raise Refused(refusal(error.ran)) from None
    except ToolError as error:
        raise Refused(Failed(str(error), _INSTEAD)) from None


async def past(host: Host, seconds: float) -> list[LogLine]:
    """Return what the unified log says of our job since so many seconds ago.

    `log show` looks through all of it: that takes its time. Raises Refused.
    """
    arguments = ("show", "--style", "ndjson", "--predicate", PREDICATE, "--last", f"{seconds:.0f}s")
    try:
        ran = await host.run(LOG, *arguments, deadline=_SHOW_DEADLINE, cap=_SHOW_CAP)
    except ToolError as error:
        raise Refused(Failed(str(error), _INSTEAD)) from None
    if ran.exit != 0:
        raise Refused(refusal(ran))
    lines = ran.stdout.decode("utf-8", "backslashreplace").split("\n")
    return [found for line in lines if (found := parse_stream_line(line))]


class Refused(Exception):
    """The unified log cannot be read; `why` says so in words for a pane."""

    def __init__(self, why: Failed) -> None:
        super().__init__(why.reason)
        self.why = why


def refusal(ran: Ran) -> Failed:
    """Return why the unified log could not be read, in words for a pane."""
    if ran.exit == NOT_ADMIN or b"Must be admin" in ran.stderr:
        return Failed(
            "Only an administrator of this Mac may follow its log.",
            _INSTEAD,
        )
    return Failed(f"`log` said: {ran.complaint}", _INSTEAD)


def _from_json(line: str) -> LogLine | None:
    try:
        event = _decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    if event.eventType != "logEvent" or event.eventMessage is None:
        return None
    process = (event.processImagePath or "").rpartition("/")[2]
    who = f"{process}[{event.processID}]" if event.processID is not None else process
    where = ":".join(part for part in (event.subsystem, event.category) if part)
    head = " ".join(part for part in (who, f"({where})" if where else "") if part)
    return LogLine(
        _timestamp(event.timestamp),
        "system",
        _level(event.messageType or ""),
        f"{head}: {event.eventMessage}" if head else event.eventMessage,
        line,
    )


def _level(word: str) -> str:
    return _LEVELS.get(word.lower(), "info")


def _timestamp(moment: str) -> float | None:
    try:
        at = datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return at if at >= 0 else None
