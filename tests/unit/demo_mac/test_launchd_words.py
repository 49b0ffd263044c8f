from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.launchd.definition import define
from entraclaw_tui.demo.mac.launchd.keepalive import kept_alive_because
from entraclaw_tui.demo.mac.launchd.outcome import Outcome
from entraclaw_tui.demo.mac.launchd_target import parse


@pytest.mark.parametrize(
    ("code", "line", "raw", "column"),
    [
        (0, "last exit code = 0", 0, 0),
        (3, "last exit code = 3", 768, 3),
        (78, "last exit code = 78: EX_CONFIG", 19968, 78),
        (79, "last exit code = 79", 20224, 79),
        (-signal.SIGTERM, "last terminating signal = Terminated: 15", 15, -15),
        (-signal.SIGKILL, "last terminating signal = Killed: 9", 9, -9),
        (-signal.SIGBUS, "last terminating signal = Bus error: 10", 10, -10),
        (-signal.SIGSEGV, "last terminating signal = Segmentation fault: 11", 11, -11),
    ],
)
def test_an_end_in_launchds_words(code: int, line: str, raw: int, column: int) -> None:
    outcome = Outcome(code)
    assert (outcome.line, outcome.wait_status, outcome.number) == (line, raw, column)


def test_what_counts_as_a_crash() -> None:
    codes = {0: False, 1: False, -signal.SIGTERM: False, -signal.SIGKILL: False}
    codes |= {-signal.SIGSEGV: True, -signal.SIGABRT: True}
    assert {code: Outcome(code).crash for code in codes} == codes


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("gui/501", ("gui/501", "")),
        ("gui/501/a.b", ("gui/501", "a.b")),
        ("system", ("system", "")),
        ("system/a.b", ("system", "a.b")),
        ("a.b", None),
        ("gui/me/a", None),
        ("gui/501/a/b", None),
        ("", None),
    ],
)
def test_targets(text: str, parsed: tuple[str, str] | None) -> None:
    assert parse(text) == parsed


words = st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1, max_size=5)


@given(words)
def test_a_request_comes_out_as_it_went_in(said: list[str]) -> None:
    try:
        data = wire.encode(said)
    except UnicodeEncodeError:
        return
    for cut in {0, 1, len(data) // 2, len(data) - 1} - {len(data)}:
        assert wire.decode(data[:cut]) is None
    assert wire.decode(data) == said


@given(st.binary(max_size=40))
def test_rubbish_is_refused_or_incomplete(data: bytes) -> None:
    try:
        decoded = wire.decode(data)
    except wire.WireError:
        return
    assert decoded is None or data[:1].isdigit()


codes = st.sampled_from([0, 1, 3, 78, 255, -signal.SIGTERM, -signal.SIGKILL, -signal.SIGSEGV])
wish = st.none() | st.booleans()


@given(codes, st.booleans(), wish, wish)
def test_keep_alive_conditions_are_alternatives(
    code: int, always: bool, successful: bool | None, crashed: bool | None
) -> None:
    conditions = {"SuccessfulExit": successful, "Crashed": crashed}
    given_ = {name: value for name, value in conditions.items() if value is not None}
    raw: dict[str, object] = {"Label": "a", "Program": "/x", "KeepAlive": always or given_}
    outcome = Outcome(code)
    reason = kept_alive_because(define(raw, Path("/a.plist")), outcome)
    if always:
        assert reason == "inefficient"
    elif successful == outcome.success or crashed == outcome.crash:
        assert reason == "semaphore"
    else:
        assert reason == ""
