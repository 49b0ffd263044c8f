"""The unified log's lines, and what its refusal becomes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.host import Ran
from entraclaw_tui.macos.log_stream import parse_stream_line, refusal
from entraclaw_tui.model.log import LogLine

EVENT: dict[str, object] = {
    "timezoneName": "",
    "messageType": "Error",
    "eventType": "logEvent",
    "source": None,
    "subsystem": "com.apple.TCC",
    "category": "access",
    "processImagePath": "/usr/libexec/tccd",
    "timestamp": "2026-06-01 19:39:05.537840+0200",
    "eventMessage": "Prompting for access",
    "processID": 342,
}
AT = 1780335545.53784


def line(**changes: object) -> str:
    return json.dumps({**EVENT, **changes}).replace("/", "\\/")


def test_an_event() -> None:
    assert parse_stream_line(line() + "\n") == LogLine(
        AT, "system", "error", "tccd[342] (com.apple.TCC:access): Prompting for access", line()
    )


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Default", "info"),
        ("Info", "info"),
        ("Debug", "debug"),
        ("Fault", "error"),
        ("New", "info"),
    ],
)
def test_levels(word: str, level: str) -> None:
    found = parse_stream_line(line(messageType=word))
    assert found is not None
    assert found.level == level


def test_what_is_no_message() -> None:
    for chatter in (
        'Filtering the log data using "subsystem == "com.apple.TCC""',
        "Timestamp               Ty Process[PID:TID]",
        "Skipping info and debug messages, pass --info and/or --debug to include.",
        "getpwuid_r did not find a match for uid 501",
        "",
        "{",
        "{}",
        '{"eventMessage": 7}',
        "[" * 5000,
        "{" + '"a":{' * 5000,
        line(eventType="activityCreateEvent", eventMessage=None),
    ):
        assert parse_stream_line(chatter) is None


def test_the_text_styles() -> None:
    plain = parse_stream_line(
        "2018-12-21 01:44:41.308911+0800 0x3722     Default     0x0                  71     0    "
        "kernel: (Kauth) action=READ"
    )
    assert plain == LogLine(1545327881.308911, "system", "info", "[71] kernel: (Kauth) action=READ")
    compact = parse_stream_line("2022-11-14 13:21:15.341 E  My App[59972:780a15] (lib) no")
    assert compact is not None
    assert (compact.level, compact.message) == ("error", "My App[59972:780a15] (lib) no")


def test_times_that_are_none_stay_out() -> None:
    for moment in ("", "yesterday", "0001-01-01 00:00:00+0000", "9999-99-99 00:00:00"):
        found = parse_stream_line(line(timestamp=moment))
        assert found is not None
        assert found.at is None


def test_administrators_alone_may_follow_it() -> None:
    refused = refusal(Ran(77, b"", b"log: Must be admin to run 'stream' command\n"))
    assert "administrator" in refused.reason
    assert "launchd's own log" in refused.hint
    other = refusal(Ran(64, b"", b"log: bad \x1b[2Jpredicate\n"))
    assert "predicate" in other.reason
    assert "\x1b" not in other.reason


@given(st.text())
def test_any_line_is_taken(text: str) -> None:
    parse_stream_line(text)
    parse_stream_line(line(eventMessage=text))
