"""Times as a person says them: coarse, so that a screen without news has nothing to repaint."""

from __future__ import annotations

import time

_STEPS = ((86400, "d"), (3600, "h"), (60, "min"))


def age(seconds: float) -> str:
    """Return how long ago something was: `now`, `20 s`, `4 min`, `3 h`, `12 d`."""
    if seconds < 10:
        return "now"
    return _coarse(seconds)


def ago(seconds: float) -> str:
    """Return an age as the end of a sentence: `just now`, `4 min ago`."""
    words = age(seconds)
    return "just now" if words == "now" else f"{words} ago"


def left(seconds: float) -> str:
    """Return how long something still lasts; never more than is true: `<10 s`, `40 s`, `4 min`."""
    if seconds <= 0:
        return "over"
    if seconds < 10:
        return "<10 s"
    return _coarse(seconds)


def clock_time(at: float) -> str:
    """Return the local time of day, `14:03:18`."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def date(at: float, now: float) -> str:
    """Return a local day, with its year where that is not this one: `12 May`, `12 May 2024`."""
    day = time.localtime(at)
    words = f"{day.tm_mday} {time.strftime('%b', day)}"
    return words if day.tm_year == time.localtime(now).tm_year else f"{words} {day.tm_year}"


def moment(at: float) -> str:
    """Return a local day and time to the second, `2026-05-12 14:03:18`."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _coarse(seconds: float) -> str:
    for size, unit in _STEPS:
        # 90 minutes are told as minutes: `1 h` would hide half of them.
        if seconds >= 2 * size or (size == 60 and seconds >= 120):
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds // 10) * 10} s"
