"""What looks like a secret is left out of a recording; what a bug report needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.replay.withheld import LONGEST, WITHHELD, Door, withhold

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
REFRESH = "0.AXoAwQ-" + "kJ3nd8_" * 12
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"got {JWT} from Entra", JWT.split(".")[2]),
        (f"Authorization: Bearer {JWT}", JWT),
        ("authorization: Basic ZGVtbzpodW50ZXIy", "ZGVtbzpodW50ZXIy"),
        (f'{{"refresh_token":"{REFRESH}"}}', REFRESH),
        (f"code {REFRESH} came", REFRESH),
        (f"loaded {KEY}", "MIIEvQIBADANBgkqhkiG9w0"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQcut", "MIIEvQcut"),
        ('{\\"access_token\\": \\"s3cr3t-x\\"}', "s3cr3t-x"),
        ("client_secret=h~unter2", "h~unter2"),
        ("DB_PASSWORD=hunter2 and more", "hunter2"),
        ("password: hunter2", "hunter2"),
        ("curl --token hunter2x https://contoso.example", "hunter2x"),
        ("the PIN 246810 is right", "246810"),
        ("pin=246810", "246810"),
        ("ide-plugin-entra: Your code is 77", "77"),
        ("The code to type in the panel is 42.", "42"),
        ("enter the code: ABCD-EFGH9", "ABCD-EFGH9"),
        ("x" * 90 + "1", "x" * 90),
        ("api-key: 12ab34cd", "12ab34cd"),
    ],
)
def test_a_secret_is_left_out(text: str, secret: str) -> None:
    told = withhold(text)
    assert secret not in told
    assert WITHHELD in told


@pytest.mark.parametrize(
    "text",
    [
        "token:research-bot:g2",
        "last exit code = 78: EX_CONFIG",
        "session:contoso.example:demo@contoso.example",
        "key:research-bot:v1",
        "pin:v1",
        "asked: Mail.Send, offline_access by mail-helper (high)",
        "AADSTS65001: the directory has not consented to Files.Read",
        "8f3c0a9d5b7e4412f6d1a07c93be58e2d41f6a70",
        "e" * 32 + "0" * 32,
        "/opt/homebrew/Cellar/python@3.14/3.14.5/Frameworks/Python.framework/Versions/3.14/Resources"
        "/Python.app/Contents/MacOS/Python",
        'identifier "python3.14" and anchor apple generic and certificate leaf[subject.OU]',
        "2026-05-12 09:14:03 com.entraclaw.agent: service state: running",
    ],
)
def test_what_a_report_needs_stays(text: str) -> None:
    assert withhold(text) == text


def test_the_folder_of_a_pretend_mac_goes() -> None:
    door = Door("/tmp/ec-abcd")
    said = {
        "path": "/tmp/ec-abcd/Users/demo",
        "all": [
            "/tmp/ec-abcd",
            3,
            None,
            True,
            "a=/tmp/ec-abcd/b --root /tmp/ec-abcd worker",
            "/tmp/ec-abcde",
        ],
    }
    assert door.value(said) == {
        "path": "/Users/demo",
        "all": ["/", 3, None, True, "a=/b --root / worker", "/tmp/ec-abcde"],
    }


@given(st.text(max_size=200), st.text(alphabet="abcXYZ019_-", min_size=30, max_size=60))
def test_a_token_is_left_out_wherever_it_stands(around: str, rest: str) -> None:
    assert f"eyJ{rest}" not in withhold(f"{around} eyJ{rest} {around}")


@pytest.mark.parametrize("piece", ["token=", "a.", "-----BEGIN PRIVATE KEY-----", "eyJ", "pin "])
def test_a_long_line_is_cut_and_holds_no_secret_either(piece: str) -> None:
    told = Door().text(f"password=hunter2 {piece * 20_000} password=hunter3")
    assert len(told) < LONGEST + 20
    assert "hunter" not in told
