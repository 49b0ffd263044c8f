"""A line of a log, whichever log it came from."""

from __future__ import annotations

import msgspec


class LogLine(msgspec.Struct, frozen=True):
    """One line; `at` is None where the line carried no time."""

    at: float | None
    origin: str
    """`worker`, `exchange`, `launchd`, `agent out`, `agent err`, `audit`."""
    level: str
    """`debug`, `info`, `warning` or `error`."""
    message: str
