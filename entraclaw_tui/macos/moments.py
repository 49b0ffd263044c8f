"""A point of time as a person types it: `14:03`, `5m`, `2026-05-12 14:03`."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

HOW = "14:03, 14:03:18, 2026-05-12 14:03, or 5m, 2h, 1d for how long ago"
"""The forms, for a hint."""

_AGO = r"-?(\d{1,6})\s*(s|sec|m|min|h|d)(?:\s+ago)?"
_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_DAY_TIME = r"(?:(\d{4})-(\d\d?)-(\d\d?)(?:[ T]+|$))?(?:(\d\d?):(\d\d)(?::(\d\d))?)?"


def read_moment(text: str, now: float) -> float | None:
    """Return the time that `text` names, in seconds since 1970, or None where it names none.

    Times are local. A time of day without a date is the last one that has been: of today, or of
    yesterday where today's is still to come.
    """
    text = text.strip().lower()
    if text in ("now", "0"):
        return now
    if found := re.fullmatch(_AGO, text):
        return max(0.0, now - int(found[1]) * _SECONDS[found[2]])
    dated = re.fullmatch(_DAY_TIME, text.upper())
    if not text or dated is None:
        return None
    year, month, day, hour, minute, second = (
        int(part) if part else None for part in dated.groups()
    )
    try:
        if year is not None and month is not None and day is not None:
            when = datetime(year, month, day, hour or 0, minute or 0, second or 0)
        else:
            today = datetime.fromtimestamp(now)
            when = today.replace(
                hour=hour or 0, minute=minute or 0, second=second or 0, microsecond=0
            )
            if when.timestamp() > now:
                when -= timedelta(days=1)
        return max(0.0, when.timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def day_of(at: float) -> tuple[int, int, int]:
    """Return the local year, month and day of a time."""
    when = time.localtime(at)
    return when.tm_year, when.tm_mon, when.tm_mday
