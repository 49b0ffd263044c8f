"""Verdicts of codesign, Gatekeeper and the stapler."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.assessment import (
    Assessment,
    Verified,
    parse_assessment,
    parse_stapler,
    parse_verify,
)

SEALED = "a sealed resource is missing or invalid"


@pytest.mark.parametrize(
    ("text", "verified"),
    [
        (
            "Foo.app: valid on disk\nFoo.app: satisfies its Designated Requirement\n",
            Verified(True),
        ),
        (
            f"/A/F.app: {SEALED}\nfile modified: /A/F.app/main.nib\nfile missing: /A/F.app/a.png\n",
            Verified(
                False, SEALED, (("modified", "/A/F.app/main.nib"), ("missing", "/A/F.app/a.png"))
            ),
        ),
        (
            "x: code object is not signed at all\nIn subcomponent: /x/part\n",
            Verified(False, "code object is not signed at all", (), "/x/part"),
        ),
        ("something else\n", None),
        ("", None),
    ],
)
def test_verification(text: str, verified: Verified | None) -> None:
    assert parse_verify(text) == verified


def test_gatekeeper_accepts() -> None:
    text = "/A/x: y.app: accepted\nsource=Notarized Developer ID\norigin=Developer ID: X (Y)\n"
    found = parse_assessment(text)
    assert found == Assessment(True, "Notarized Developer ID", "Developer ID: X (Y)")
    assert found.notarized
    assert not found.fault


def test_a_plain_program_is_no_fault() -> None:
    text = "/bin/t: rejected (the code is valid but does not seem to be an app)\norigin=X\n"
    found = parse_assessment(text)
    assert found is not None
    assert not found.accepted
    assert not found.fault


def test_a_refusal_is_one() -> None:
    for text in ("a.dmg: rejected\nsource=no usable signature\n", "rejected   source=Unnotarized"):
        found = parse_assessment(text)
        assert found is not None
        assert found.fault
        assert found.source
        assert not found.notarized
    assert parse_assessment("nothing\n") is None


def test_tickets() -> None:
    assert parse_stapler("Processing: /A\nThe validate action worked!\n") is True
    assert parse_stapler("A.app does not have a ticket stapled to it.\n") is False
    assert parse_stapler("") is None


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse_verify(text)
    parse_assessment(text)
    parse_stapler(text)
