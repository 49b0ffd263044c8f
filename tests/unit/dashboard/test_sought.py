"""What a filter means: free text as ever, and words about one field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.sought import parse

FIELDS = ("tier", "client", "state")
ROW = {"tier": "high", "client": "/opt/homebrew/bin/mail-helper", "state": "waiting pending"}


def passes(typed: str) -> bool:
    return parse(typed, FIELDS).passes("Mail.Send offline_access", lambda name: ROW[name])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", True),
        ("mail", True),
        ("calendar", False),
        ("!calendar", True),
        ("!mail", False),
        ("tier:high", True),
        ("TIER:High", True),
        ("tier:low", False),
        ("!tier:low", True),
        ("!tier:high", False),
        ("tier:high tier:low", True),
        ("tier:high client:mail", True),
        ("tier:high client:notes", False),
        ("client:mail-helper send", True),
        ("send client:mail-helper", True),
        ("client:mail-helper read", False),
        ("state:waiting !client:notes", True),
        ("tier:", True),
        ("other:high", False),
    ],
)
def test_what_passes(typed: str, shown: bool) -> None:
    assert passes(typed) is shown


@given(st.text(), st.text())
def test_without_words_a_filter_is_the_text_as_it_was_typed(typed: str, told: str) -> None:
    text = typed.casefold()
    inverse = text.startswith("!")
    expected = text.removeprefix("!") in told.casefold()
    assert parse(typed).passes(told, lambda name: "") is (
        not text.removeprefix("!") or expected is not inverse
    )


@given(st.lists(st.sampled_from(["tier:high", "!state:x", "client:a", "b", "!", "tier:", " "])))
def test_the_order_of_words_means_nothing(parts: list[str]) -> None:
    typed = [part for part in parts if ":" in part]
    first, second = parse(" ".join(typed), FIELDS), parse(" ".join(reversed(typed)), FIELDS)
    assert first.passes("", lambda name: ROW[name]) is second.passes("", lambda name: ROW[name])
