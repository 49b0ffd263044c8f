"""StartCalendarInterval, as launchd.plist(5) describes it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac.launchd.calendar import moments, next_moment
from entraclaw_tui.demo.mac.launchd.reader import DefinitionError

NOW = datetime(2026, 11, 24, 10, 17, 30)  # a Tuesday


@pytest.mark.parametrize(
    ("entry", "then"),
    [
        ({}, datetime(2026, 11, 24, 10, 18)),
        ({"Minute": 30}, datetime(2026, 11, 24, 10, 30)),
        ({"Minute": 17}, datetime(2026, 11, 24, 11, 17)),
        ({"Hour": 3}, datetime(2026, 11, 25, 3, 0)),
        ({"Hour": 10}, datetime(2026, 11, 24, 10, 18)),
        ({"Hour": 9, "Minute": 5}, datetime(2026, 11, 25, 9, 5)),
        ({"Weekday": 7, "Hour": 1, "Minute": 0}, datetime(2026, 11, 29, 1, 0)),
        ({"Weekday": 0, "Hour": 1, "Minute": 0}, datetime(2026, 11, 29, 1, 0)),
        ({"Day": 1, "Weekday": 5, "Hour": 0, "Minute": 0}, datetime(2026, 11, 27, 0, 0)),
        ({"Month": 2, "Day": 29, "Hour": 0, "Minute": 0}, datetime(2028, 2, 29, 0, 0)),
        ({"Month": 2, "Day": 30}, None),
        ([{"Hour": 23, "Minute": 0}, {"Hour": 11, "Minute": 0}], datetime(2026, 11, 24, 11, 0)),
    ],
)
def test_the_next_moment(entry: object, then: datetime | None) -> None:
    assert next_moment(moments(entry), NOW) == then


@pytest.mark.parametrize("entry", ["daily", {"Hour": 24}, {"Minute": "5"}, {"Minute": -1}, [3]])
def test_what_is_no_moment_is_refused(entry: object) -> None:
    with pytest.raises(DefinitionError):
        moments(entry)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Minute": st.integers(0, 59),
            "Hour": st.integers(0, 23),
            "Weekday": st.integers(0, 7),
        },
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
)
def test_it_is_later_and_fits_and_nothing_fits_in_between(
    entry: dict[str, int], now: datetime
) -> None:
    found = next_moment(moments(entry), now)
    assert found is not None
    assert found > now

    def fits(when: datetime) -> bool:
        return (
            entry.get("Minute", when.minute) == when.minute
            and entry.get("Hour", when.hour) == when.hour
            and entry.get("Weekday", when.isoweekday() % 7) % 7 == when.isoweekday() % 7
        )

    assert fits(found)
    assert not any(
        fits(found - timedelta(minutes=back))
        for back in range(1, 61)
        if found - timedelta(minutes=back) > now
    )
