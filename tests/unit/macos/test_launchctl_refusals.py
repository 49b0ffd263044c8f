"""launchctl's refusals from their text, and its one-word answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import launchctl_errors
from entraclaw_tui.macos.launchctl_refusals import parse_blame, parse_managername, parse_refusal


@pytest.mark.parametrize(
    ("text", "code", "target"),
    [
        (
            'Bad request.\nCould not find service "a.b" in domain for user gui: 501\n',
            113,
            "a.b",
        ),
        ("Could not find domain for user gui: 501\n", 112, "user gui: 501"),
        ("Bootstrap failed: 5: Input/output error\nTry re-running the command as root.\n", 5, ""),
        ("Boot-out failed: 36: Operation now in progress\n", 36, ""),
        ('Could not kickstart service "L": 113: Could not find specified service\n', 113, "L"),
        ("150: Operation not permitted while System Integrity Protection is engaged\n", 150, ""),
        ("/L/a b.plist: Invalid property list\n", 133, "/L/a b.plist"),
        ("Unrecognized target specifier, did you mean gui/<uid>/x\n", 64, ""),
        ("No process to signal.\n", 3, ""),
    ],
)
def test_refusals(text: str, code: int, target: str) -> None:
    found = parse_refusal(text)
    assert found is not None
    assert (found.code, found.target) == (code, target)
    assert found.words == launchctl_errors.words(code)
    assert found.said in text


def test_other_text_is_none() -> None:
    for text in ("", "all went well\n", "gui/501/x = {\n\tpid = 7\n}\n"):
        assert parse_refusal(text) is None


def test_one_word_answers() -> None:
    assert parse_blame("speculative\n") == "speculative"
    assert parse_blame("ipc (mach)\n") == "ipc (mach)"
    assert parse_blame("No process to signal.\n") == ""
    assert parse_managername("Aqua\n") == "Aqua"
    assert parse_managername("not a name\n") == ""


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse_refusal(text)
    parse_blame(text)
    parse_managername(text)
