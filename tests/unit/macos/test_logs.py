"""Log lines of the worker and of launchd."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.logs import parse_launchd_line, parse_plain_line, parse_worker_line
from entraclaw_tui.model.log import LogLine


def test_a_line_of_the_worker() -> None:
    line = '{"at": 12.5, "level": "warning", "origin": "exchange", "message": "slow", "ms": 900}'
    assert parse_worker_line(line) == LogLine(12.5, "exchange", "warning", "slow ms=900")


def test_other_lines_are_shown_as_they_are() -> None:
    assert parse_worker_line("Traceback:") == LogLine(None, "worker", "info", "Traceback:")
    assert parse_worker_line("[1, 2]") == LogLine(None, "worker", "info", "[1, 2]")
    assert parse_worker_line('{"at": "noon"}') == LogLine(None, "worker", "info", "")
    assert parse_worker_line('{"at": 1' + "0" * 400 + "}").at is None
    assert parse_worker_line('{"a":' * 100_000).message.startswith('{"a":')
    assert parse_plain_line("x", "agent err") == LogLine(None, "agent err", "info", "x")


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
    parse_worker_line(text)
    parse_launchd_line(text)
