"""Typed values beside launchd's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.launchctl_keys import exit_status, known, signal_number, typed


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("runs", "199773", 199773),
        ("nice", "-1", -1),
        ("pid", "-", "-"),
        ("initialized", "1", True),
        ("initialized", "7", "7"),
        ("umask", "77", 0o77),
        ("umask", "9", "9"),
        ("run interval", "3600 seconds", 3600),
        ("exit timeout", "5", 5),
        ("bringup time", "64 ms", 64),
        ("maximum allowed shutdown time", "65 s", 65),
        ("death port", "0x1f03", 0x1F03),
        ("death port", "none", "none"),
        ("spawn type", "daemon (3)", {"name": "daemon", "number": 3}),
        ("spawn type", " (7)", {"name": "", "number": 7}),
        ("spawn type", "daemon", {"name": "daemon", "number": None}),
        ("creator", "loginwindow[536]", {"name": "loginwindow", "number": 536}),
        ("domain", "gui/501 [100016]", {"name": "gui/501", "number": 100016}),
        ("domain", "system", "system"),
        ("last exit code", "78: EX_CONFIG", {"code": 78, "name": "EX_CONFIG"}),
        ("last exit code", "(never exited)", {"code": None, "name": "never exited"}),
        ("last exit code", "odd", "odd"),
        ("last terminating signal", "Killed: 9", {"name": "Killed", "number": 9}),
        ("jetsam memory limit (active, soft)", "50 MB", 50),
        ("jetsam memory limit (inactive)", "(unlimited)", None),
        ("properties", "keepalive | penalty box", ["keepalive", "penalty box"]),
        ("properties", "", []),
        ("program", "/bin/a b", "/bin/a b"),
        ("a key of tomorrow", "1", "1"),
    ],
)
def test_values(key: str, text: str, value: object) -> None:
    found = typed(key, text)
    assert found == value
    assert type(found) is type(value)


def test_what_is_known() -> None:
    assert known("runs")
    assert known("jetsam memory limit (active, hard)")
    assert not known("jetsam memory limit (sometimes)")
    assert not known("a key of tomorrow")


def test_ends() -> None:
    assert exit_status("0") == (0, "")
    assert exit_status("64: EX_USAGE") == (64, "EX_USAGE")
    assert exit_status("(abandoned)") == (None, "abandoned")
    assert exit_status("") == (None, "")
    assert signal_number("Illegal instruction: 4") == 4
    assert signal_number("") is None


@given(st.sampled_from(["pid", "umask", "last exit code", "spawn type", "properties"]), st.text())
def test_any_text_has_a_value(key: str, text: str) -> None:
    typed(key, text)
    exit_status(text)
    signal_number(text)
