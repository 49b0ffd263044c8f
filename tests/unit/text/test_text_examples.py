"""The border for text by example: what exactly a person sees."""

from __future__ import annotations

import pytest

from entraclaw_tui.text import (
    LINE_LIMIT,
    Shown,
    cells,
    clean,
    clean_block,
    clean_bytes,
    oddities,
    shorten,
    shorten_path,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[2J", "<U+001B>[2J"),
        ("a\nb\tc", "a<U+000A>b<U+0009>c"),
        ("\u202etxt", "<U+202E>txt"),
        ("\xa0", "<U+00A0>"),
        ("\ufe00\ufe0f\ufe10", "<U+FE00><U+FE0F>\ufe10"),
        ("\ufdff\ufe20", "\ufdff\ufe20"),
        ("\U000e0100\U000e01ef", "<U+E0100><U+E01EF>"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_a_line(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_line_has_five_hundred_characters_and_a_cut_is_seen() -> None:
    assert LINE_LIMIT == 500
    assert clean("x" * 500) == "x" * 500
    assert clean("x" * 501) == "x" * 499 + "\u2026"
    assert clean("\u00e9" * 5, 4) == "\u00e9" * 3 + "\u2026"
    assert clean("\u00e9" * 4, 4) == "\u00e9" * 4


def test_a_block_keeps_line_breaks_and_widens_tabs() -> None:
    assert clean_block("a\r\nb\n\tc\r") == "a\nb\n    c<U+000D>"
    assert clean_block("x" * 20_000) == "x" * 20_000
    assert clean_block("x" * 20_001) == "x" * 19_999 + "\u2026"
    assert clean_block("abcdef", 6) == "abcdef"
    assert clean_block("abcdefg", 6) == "abcde\u2026"


def test_bytes_of_no_encoding_are_seen() -> None:
    assert clean_bytes(b"a\xffb") == "a\\xffb"
    assert clean_bytes("\U0001f600".encode() * 5, 5) == "\U0001f600" * 5
    assert clean_bytes(b"abcdef", 3) == "ab\u2026"


def test_columns() -> None:
    assert cells("abc") == 3
    assert cells("\u754c") == 2
    assert cells("\uff21") == 2
    assert cells("\u0e01\u0e49") == 1
    assert cells("\u00e9a") == 2


@pytest.mark.parametrize(
    ("text", "width", "start", "end"),
    [
        ("abcdef", 6, "abcdef", "abcdef"),
        ("abcdef", 5, "abcd\u2026", "\u2026cdef"),
        ("abcdef", 1, "\u2026", "\u2026"),
        ("abcdef", 0, "", ""),
        ("abcdef", -3, "", ""),
        ("\u754c\u754c\u754c", 6, "\u754c\u754c\u754c", "\u754c\u754c\u754c"),
        ("\u754c\u754c\u754c", 5, "\u754c\u754c\u2026", "\u2026\u754c\u754c"),
        ("\u754c\u754c\u754c", 4, "\u754c\u2026", "\u2026\u754c"),
        ("a", 1, "a", "a"),
        ("", 0, "", ""),
    ],
)
def test_shortened_by_columns(text: str, width: int, start: str, end: str) -> None:
    assert shorten(Shown(text), width) == start
    assert shorten_path(Shown(text), width) == end


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("paypal", ()),
        ("p\u0430ypal", ("letters of several scripts",)),
        ("\u043f\u0430\u0439", ()),
        ("a\u200bb", ("hidden characters",)),
        ("a\ufe0f", ("hidden characters",)),
        ("x\u0301", ("combining marks",)),
        ("e\u0301", ()),
        ("a-1", ()),
    ],
)
def test_what_is_odd_in_a_name(name: str, found: tuple[str, ...]) -> None:
    assert oddities(name) == found
