"""Points of time as people type them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.moments import read_moment

NOON = datetime(2026, 5, 12, 12, 0).timestamp()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("11:58", datetime(2026, 5, 12, 11, 58)),
        (" 9:05:30 ", datetime(2026, 5, 12, 9, 5, 30)),
        ("12:01", datetime(2026, 5, 11, 12, 1)),
        ("2026-05-01", datetime(2026, 5, 1)),
        ("2026-05-01 14:03", datetime(2026, 5, 1, 14, 3)),
        ("2026-5-1t14:03:07", datetime(2026, 5, 1, 14, 3, 7)),
        ("5m", datetime(2026, 5, 12, 11, 55)),
        ("-2h", datetime(2026, 5, 12, 10, 0)),
        ("90 s ago", datetime(2026, 5, 12, 11, 58, 30)),
        ("1d", datetime(2026, 5, 11, 12, 0)),
        ("now", datetime(2026, 5, 12, 12, 0)),
    ],
)
def test_times_are_read_as_meant(text: str, when: datetime) -> None:
    assert read_moment(text, NOON) == when.timestamp()


@pytest.mark.parametrize(
    "text", ["", "   ", "noon", "25:00", "12:99", "2026-13-01", "5 parsecs", "12", "1e9", "::"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_moment(text, NOON) is None


@given(st.integers(0, 86_399), st.integers(1_000_000_000, 2_000_000_000))
def test_a_time_of_day_is_the_last_one_that_has_been(second: int, now: int) -> None:
    hour, minute = second // 3600, second // 60 % 60
    found = read_moment(f"{hour}:{minute:02}:{second % 60:02}", float(now))
    assert found is not None
    assert now - 86_400 < found <= now


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    found = read_moment(text, NOON)
    assert found is None or found >= 0
