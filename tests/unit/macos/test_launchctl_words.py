"""launchd's words in plain ones."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.macos import launchctl_words as words
from entraclaw_tui.model.job import Job

JOB = Job("com.example.agent", "gui/501", "not running", throttle_seconds=10)


def job(**changes: object) -> Job:
    return msgspec.structs.replace(JOB, **changes)


@pytest.mark.parametrize(
    ("told", "short", "why"),
    [
        ({"exit_code": 0, "last_exit": "0"}, "exit 0", "without a failure"),
        (
            {"exit_code": 78, "exit_name": "EX_CONFIG", "last_exit": "78: EX_CONFIG"},
            "exit 78 EX_CONFIG",
            "could not start",
        ),
        ({"exit_code": 3, "last_exit": "3"}, "exit 3", "its log may say why"),
        ({"signal": 10, "last_signal": "Bus error: 10"}, "Bus error: 10", "in a wrong way"),
        ({"signal": 31, "last_signal": "Odd: 31"}, "Odd: 31", "a signal ended it"),
        (
            {"last_reason": "OS_REASON_CODESIGNING", "exit_code": 9},
            "OS_REASON_CODESIGNING",
            "refused its code",
        ),
        ({"last_reason": "JETSAM_REASON_MEMORY"}, "JETSAM_REASON_MEMORY", "memory back"),
        (
            {"exit_name": "never exited", "last_exit": "(never exited)"},
            "never exited",
            "not ended since",
        ),
    ],
)
def test_how_it_ended(told: dict[str, object], short: str, why: str) -> None:
    assert words.ending(job(**told)) == short
    assert why in words.how_ended(job(**told))


def test_an_end_that_nobody_knows_gets_no_story() -> None:
    assert words.how_ended(job(last_reason="OS_REASON_NEW_IN_28")) == ""
    assert words.how_ended(JOB) == ""


def test_why_it_started() -> None:
    assert "KeepAlive" in words.why_started("semaphore")
    assert words.why_started("a new word") == ""


@pytest.mark.parametrize(
    ("told", "next_"),
    [
        ({"pid": 7}, ""),
        ({"pended": "speculative"}, "asked for by name"),
        ({"properties": ("penalty box",)}, "at most every 10 s"),
        ({"state": "spawn scheduled", "throttle_seconds": 80}, "at most every 80 s"),
        ({"properties": ("needs LWCR update", "penalty box")}, "unloaded and loaded again"),
        ({"spawn_filter": "ipc (socket)"}, "one reason only now: ipc (socket)"),
        ({"state": "SIGTERMed"}, "over in a moment"),
        ({}, "when it is asked for"),
    ],
)
def test_what_comes_next(told: dict[str, object], next_: str) -> None:
    assert next_ in words.what_next(job(**told))
    assert bool(next_) == bool(words.what_next(job(**told)))


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ({"pid": 7}, ""),
        ({"properties": ("needs LWCR update", "penalty box")}, "has to be loaded again"),
        ({"pended": "speculative"}, "held back"),
        ({"state": "spawn scheduled"}, "again by itself, at most every 10 s"),
        ({"exit_code": 0}, "rests: it ended without a failure"),
        ({"state": "SIGTERMed"}, "told to end"),
        ({"state": "a new word"}, "has no process"),
    ],
)
def test_what_holds_it(told: dict[str, object], holds: str) -> None:
    assert holds in words.what_holds(job(**told))
    assert bool(holds) == bool(words.what_holds(job(**told)))
