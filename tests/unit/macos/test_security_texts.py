"""Keychains, identities and refusals in the words of `security` and of the keyring library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.keyring_errors import parse_error
from entraclaw_tui.macos.security_texts import (
    Identity,
    Refusal,
    parse_identities,
    parse_identity_count,
    parse_keychains,
    parse_refusal,
)


def test_lists_of_keychains() -> None:
    text = (
        '    "/Users/demo/Library/Keychains/login.keychain-db"\n    "/Library/K/System.keychain"\n'
    )
    assert parse_keychains(text) == (
        "/Users/demo/Library/Keychains/login.keychain-db",
        "/Library/K/System.keychain",
    )
    assert parse_keychains('    ""\n') == ()
    assert parse_keychains("") == ()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "security: SecKeychainSearchCopyNext: The specified item could not be found in the "
            "keychain.\n",
            Refusal(
                "SecKeychainSearchCopyNext",
                "",
                "The specified item could not be found in the keychain.",
            ),
        ),
        (
            "security: SecKeychainUnlock /Users/demo/a b.keychain-db: The user name or passphrase "
            "you entered is not correct.\n(Error number: 51)\n",
            Refusal(
                "SecKeychainUnlock",
                "/Users/demo/a b.keychain-db",
                "The user name or passphrase you entered is not correct.",
                51,
            ),
        ),
        (
            "Error: 0xFFFF9D24 -25308 User interaction is not allowed.\n",
            Refusal("", "", "User interaction is not allowed.", -25308),
        ),
        ("password has been deleted.\n", None),
        ("", None),
    ],
)
def test_refusals(text: str, refusal: Refusal | None) -> None:
    assert parse_refusal(text) == refusal


def test_statuses_by_apples_words() -> None:
    assert osstatus.named("User interaction is not allowed.") == osstatus.explain(36)
    assert osstatus.named("whatever", 51) == osstatus.explain(51)
    assert osstatus.named("whatever", -25300) == osstatus.explain(44)
    assert osstatus.named("whatever") is None
    odd = osstatus.named("whatever", 7)
    assert odd is not None
    assert odd.words == "whatever"


def test_identities() -> None:
    sha = "9329179B548A4FBC4AD392E11AD7C0F41DB1DE9D"
    text = (
        f'  Matching identities\n  1) {sha} "A (B)" (CSSMERR_TP_CERT_EXPIRED)\n'
        f'     1 identities found\n  Valid identities only\n  1) {sha} "A (B)"\n'
        "     0 valid identities found\n"
    )
    assert parse_identities(text) == (Identity(sha, "A (B)", "CSSMERR_TP_CERT_EXPIRED"),)
    assert parse_identity_count(text) == 0
    assert parse_identity_count("") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("keyring.errors.KeyringError: Can't get password: (-25308, 'Unknown Error')", -25308),
        ("Can't store password on keychain: (-25299, 'Unknown Error')", -25299),
        ("(-25293, 'Security Auth Failure: make sure executable is signed')", -25293),
        ("(-12345, 'Unknown Error')", -12345),
        ("keyring.errors.NoKeyringError: No recommended backend was available.", 0),
    ],
)
def test_errors_of_the_keyring_library(text: str, code: int) -> None:
    found = parse_error(text)
    assert found is not None
    assert found.code == code
    assert found.words


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse_keychains(text)
    parse_refusal(text)
    parse_error(text)
    parse_identities(text)
