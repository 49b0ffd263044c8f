"""StartCalendarInterval: moments of the clock, where what is not said means every one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from entraclaw_tui.demo.mac.launchd.reader import DefinitionError, Reader

_KEYS = ("Minute", "Hour", "Day", "Weekday", "Month")
_MOST = {"Minute": 59, "Hour": 23, "Day": 31, "Weekday": 7, "Month": 12}
_HORIZON = 366 * 5
"""Days that are looked at: a 29th of February is at most so far away, but for 2100."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One dictionary of StartCalendarInterval."""

    fields: tuple[tuple[str, int], ...]
    """In the order of launchd.plist(5), only those that were said."""

    def on(self, day: datetime) -> bool:
        """Return whether the moment falls on a day.

        A day and a weekday are alternatives, as in crontab(5).
        """
        said = dict(self.fields)
        if said.get("Month", day.month) != day.month:
            return False
        wanted = []
        if "Day" in said:
            wanted.append(said["Day"] == day.day)
        if "Weekday" in said:
            wanted.append(said["Weekday"] % 7 == day.isoweekday() % 7)
        return any(wanted) if wanted else True

    def after(self, now: datetime) -> datetime | None:
        """Return the first moment later than `now`, None for one that never comes."""
        said = dict(self.fields)
        first = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        hours = [said["Hour"]] if "Hour" in said else list(range(24))
        minutes = [said["Minute"]] if "Minute" in said else list(range(60))
        for ahead in range(_HORIZON):
            day = (first + timedelta(days=ahead)).replace(hour=0, minute=0)
            if not self.on(day):
                continue
            for hour in hours:
                if day.replace(hour=hour, minute=59) < first:
                    continue
                for minute in minutes:
                    found = day.replace(hour=hour, minute=minute)
                    if found >= first:
                        return found
        return None


def moments(value: object) -> tuple[Moment, ...]:
    """Return what a property list says. Raises DefinitionError."""
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    return tuple(_moment(entry) for entry in entries)


def next_moment(entries: tuple[Moment, ...], now: datetime) -> datetime | None:
    """Return the first of all moments later than `now`."""
    found = [moment for entry in entries if (moment := entry.after(now)) is not None]
    return min(found, default=None)


def _moment(entry: object) -> Moment:
    if not isinstance(entry, dict):
        raise DefinitionError("Invalid property list: StartCalendarInterval")
    read = Reader(entry)
    said = [(key, number) for key in _KEYS if (number := read.number(key)) is not None]
    if any(number > _MOST[key] for key, number in said):
        raise DefinitionError("Invalid property list: StartCalendarInterval")
    return Moment(tuple(said))
