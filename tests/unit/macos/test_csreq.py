"""Compiled requirements: an assembler written here, and what the decompiler says of its bytes."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.csreq import RequirementError, decompile


def number(value: int) -> bytes:
    return struct.pack(">I", value & 0xFFFFFFFF)


def data(value: bytes) -> bytes:
    return number(len(value)) + value + b"\0" * (-len(value) % 4)


def blob(body: bytes, kind: int = 1, magic: int = 0xFADE0C00) -> bytes:
    return struct.pack(">III", magic, len(body) + 12, kind) + body


def said(body: bytes) -> str:
    return decompile(blob(body))


APPLE = number(3)
ALWAYS = number(1)


def test_a_program_of_apples() -> None:
    body = number(6) + number(2) + data(b"com.apple.finder") + APPLE
    assert said(body) == 'identifier "com.apple.finder" and anchor apple'


def test_a_program_with_a_developer_id() -> None:
    policy = bytes.fromhex("2a864886f763640602 06".replace(" ", ""))
    body = (
        number(6)
        + number(6)
        + number(15)
        + (number(2) + data(b"notes"))
        + number(7)
        + (number(14) + number(1) + data(policy) + number(0))
        + (number(11) + number(0) + data(b"subject.OU") + number(1) + data(b"ABCDE12345"))
    )
    assert said(body) == (
        "anchor apple generic and identifier notes and "
        "(certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */ "
        "or certificate leaf[subject.OU] = ABCDE12345)"
    )


def test_an_ad_hoc_program() -> None:
    assert said(number(8) + data(bytes(range(20)))) == f'cdhash H"{bytes(range(20)).hex()}"'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (number(0), "never"),
        (ALWAYS, "always"),
        (number(4) + number(-1) + data(b"\xab"), 'certificate root = H"ab"'),
        (number(5) + data(b"A.b") + data(b"c d"), 'info[A.b] = "c d"'),
        (number(9) + number(6) + ALWAYS + APPLE, "! (always and anchor apple)"),
        (number(10) + data(b"key") + number(2) + data(b"x"), "info[key] ~ x"),
        (number(12) + number(0), "certificate leaftrusted"),
        (number(13), "anchor trusted"),
        (number(16) + data(b"a.b") + number(3) + data(b"x"), "entitlement[a.b] = x*"),
        (number(16) + data(b"k") + number(4) + data(b"x"), "entitlement[k] = *x"),
        (
            number(17) + number(2) + data(b"\x2a\x03") + number(14),
            "certificate 2[policy.1.2.3] absent ",
        ),
        (number(18) + data(b"name"), "anchor apple name"),
        (number(19) + data(b"name"), "(name)"),
        (number(20) + number(13), "platform = 13"),
        (number(21), "notarized"),
        (
            number(22) + number(0) + data(b"\x55\x04") + number(10) + struct.pack(">q", 86400),
            "certificate leaf[timestamp.2.5.4] < <2001-01-02 00:00:00 +0000>",
        ),
        (number(23), "legacy"),
        (number(0x80000063) + data(b"abc"), " false /* opcode 99 */"),
        (number(0x40000063) + data(b"abc"), " /* opcode 99 */"),
        (number(2) + data(b"always"), 'identifier "always"'),
        (number(2) + data(b"9lives"), 'identifier "9lives"'),
        (number(2) + data(b'a"b\\'), 'identifier "a\\"b\\\\"'),
        (number(2) + data(b"\xff\0"), "identifier 0xff00"),
    ],
)
def test_every_operation(body: bytes, text: str) -> None:
    assert said(body) == text


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (b"", "short"),
        (blob(APPLE, magic=1), "not a requirement"),
        (blob(APPLE, kind=2), "lightweight"),
        (blob(APPLE, kind=9), "unknown kind"),
        (blob(APPLE)[:-1], "cut"),
        (blob(number(2) + number(99)), "cut"),
        (blob(number(6) + APPLE), "cut"),
        (blob(number(98)), "operation"),
        (blob(number(10) + data(b"k") + number(77)), "match"),
        (blob(number(9) * 5000 + APPLE), "deeply"),
    ],
)
def test_what_is_no_requirement(bad: bytes, word: str) -> None:
    with pytest.raises(RequirementError, match=word):
        decompile(bad)


LEAVES = st.one_of(
    st.just((APPLE, "anchor apple", 0)),
    st.just((ALWAYS, "always", 0)),
    st.binary(min_size=1, max_size=9).map(
        lambda d: (number(8) + data(d), f'cdhash H"{d.hex()}"', 0)
    ),
)
Term = tuple[bytes, str, int]


def joined(left: Term, right: Term, operation: int) -> Term:
    """Join two terms; 0 binds tightest, then `and` (1), then `or` (2)."""
    own, word = (1, "and") if operation == 6 else (2, "or")
    sides = [f"({text})" if rank > own else text for _, text, rank in (left, right)]
    return number(operation) + left[0] + right[0], f" {word} ".join(sides), own


TERMS = st.recursive(
    LEAVES,
    lambda inner: st.builds(joined, inner, inner, st.sampled_from([6, 7])),
    max_leaves=10,
)


@given(TERMS)
def test_parentheses_are_where_they_must_be(term: Term) -> None:
    body, text, _ = term
    assert said(body) == text


@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused(body: bytes) -> None:
    for candidate in (body, blob(body)):
        with contextlib.suppress(RequirementError):
            assert decompile(candidate)
