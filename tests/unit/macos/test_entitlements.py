"""Entitlements in each form that codesign has printed."""

from __future__ import annotations

import plistlib

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.entitlements import parse_entitlements

LINES = b"""\
Executable=/usr/local/bin/python3.14
[Dict]
\t[Key] com.apple.security.cs.allow-jit
\t[Value]
\t\t[Bool] true
\t[Key] com.apple.security.application-groups
\t[Value]
\t\t[Array]
\t\t\t[String] one
\t\t\t[String] two words
\t[Key] nested
\t[Value]
\t\t[Dict]
\t\t\t[Key] number
\t\t\t[Value]
\t\t\t\t[Int] 7
\t[Key] last
\t[Value]
\t\t[Bool] false
"""
VALUE = {
    "com.apple.security.cs.allow-jit": True,
    "com.apple.security.application-groups": ["one", "two words"],
    "nested": {"number": 7},
    "last": False,
}


def test_the_lines_of_today() -> None:
    assert parse_entitlements(LINES) == VALUE


def test_a_property_list_behind_chatter_and_a_blob_header() -> None:
    data = plistlib.dumps(VALUE)
    assert parse_entitlements(data) == VALUE
    header = b"\xfa\xde\x71\x71" + (len(data) + 8).to_bytes(4, "big")
    assert parse_entitlements(b"Executable=/x\n" + header + data + b"\nmore") == VALUE


def test_none_and_nothing() -> None:
    assert parse_entitlements(b"") == {}
    assert parse_entitlements(b"Executable=/x\n") is None
    assert parse_entitlements(b"<plist><array/></plist>") is None
    assert parse_entitlements(b"<?xml version='1.0'?><plist><dict>") is None


@given(st.one_of(st.binary(), st.integers(0, len(LINES)).map(lambda end: LINES[:end])))
def test_any_bytes_are_taken(data: bytes) -> None:
    found = parse_entitlements(data)
    assert found is None or isinstance(found, dict)
    for text in (b"[Array]\n", b"[Dict]\n\t[Key] a\n\t[Value]\n"):
        parse_entitlements(b"".join(b"\t" * n + text for n in range(60)) + data)
