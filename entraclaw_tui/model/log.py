"""A line of a log, whichever log it came from."""

from __future__ import annotations

import msgspec

NOTICE = "notice"
"""The level of what we say of a log ourselves: that it was rotated, cut, or cannot be read."""


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """One line; `at` is None where the line carried no time."""

    at: float | None
    origin: str
    """`worker`, `exchange`, `launchd`, `agent out`, `agent err`, `system`, `audit`, `client`."""
    level: str
    """`debug`, `info`, `warning`, `error`, or NOTICE."""
    message: str
    raw: str = ""
    """The line as it stands in its log, where that says more than the message: its JSON."""
    near: float = 0.0
    """About when, for a line without a time: when its file was last written. 0: like the line
    before it."""
