"""Log lines of the worker and of launchd."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.logs import (
    Turn,
    fields_of,
    parse_launchd_line,
    parse_plain_line,
    parse_worker_line,
    turn_line,
)
from entraclaw_tui.model.log import NOTICE, LogLine


def test_a_line_of_the_worker() -> None:
    line = '{"at": 12.5, "level": "warning", "origin": "exchange", "message": "slow", "ms": 900}'
    found = parse_worker_line(line)
    assert found == LogLine(12.5, "exchange", "warning", "slow ms=900", line)
    assert fields_of(found) == (
        ("at", "12.5"),
        ("level", "warning"),
        ("origin", "exchange"),
        ("message", "slow"),
        ("ms", "900"),
    )


def test_fields_that_hold_more_than_text_stand_as_json() -> None:
    found = parse_worker_line('{"message": "m", "list": [1, "two"], "none": null}')
    assert fields_of(found)[1:] == (("list", '[1,"two"]'), ("none", "null"))
    assert fields_of(LogLine(None, "launchd", "info", "no JSON")) == ()
    assert fields_of(LogLine(None, "worker", "info", "cut", '{"message": "cu')) == ()


def test_a_time_that_no_clock_shows_is_none() -> None:
    for at in ("1e300", "-5", "-1e300", "253402300800", "null", "true1"):
        assert parse_worker_line(f'{{"at": {at}}}').at is None


def test_what_happened_to_a_file_is_a_line_of_its_own() -> None:
    line = turn_line(Turn.CUT, "worker", 5.0, "/x/worker.log")
    assert line == LogLine(5.0, "worker", NOTICE, "/x/worker.log was cut.")


def test_other_lines_are_shown_as_they_are() -> None:
    assert parse_worker_line("Traceback:") == LogLine(None, "worker", "info", "Traceback:")
    assert parse_worker_line("[1, 2]") == LogLine(None, "worker", "info", "[1, 2]")
    assert parse_worker_line('{"at": "noon"}') == LogLine(
        None, "worker", "info", "", '{"at": "noon"}'
    )
    assert parse_worker_line('{"at": 1' + "0" * 400 + "}").at is None
    assert parse_worker_line('{"a":' * 100_000).message.startswith('{"a":')
    assert parse_plain_line("x", "agent err", 7.0) == LogLine(
        None, "agent err", "info", "x", near=7.0
    )


def test_a_line_of_launchd() -> None:
    moment = "2026-08-14 20:21:43.323136"
    line = f"{moment} (gui/501/com.example.a [300]) <Warning>: service state: running (x) <y>: z"
    assert parse_launchd_line(line) == LogLine(
        datetime.fromisoformat(moment).timestamp(),
        "launchd",
        "warning",
        "gui/501/com.example.a [300]: service state: running (x) <y>: z",
    )
    assert parse_launchd_line("2026-99-14 20:21:43 (x) <Notice>: y").at is None
    assert parse_launchd_line("17/8/12 13:28:49 old").message == "17/8/12 13:28:49 old"


@given(st.text())
def test_no_text_breaks_them(text: str) -> None:
    fields_of(parse_worker_line(text))
    parse_launchd_line(text)
