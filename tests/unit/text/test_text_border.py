"""The one door: whatever comes in, nothing that a terminal acts on goes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.text import (
    Shown,
    cells,
    clean,
    clean_block,
    clean_bytes,
    oddities,
    shorten,
    shorten_path,
)

HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="\x1b\x07\x08\x9b\u202e\u200b\u2028\ufe0f\U000e0041[];mJ0aé中\n\t\r"),
    st.binary().map(lambda data: data.decode("latin-1")),
)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def harmless(text: str, allowed: str = "") -> bool:
    return all(
        character in allowed
        or (
            unicodedata.category(character) not in UNSEEN
            and not 0xFE00 <= ord(character) <= 0xFE0F
            and (character == " " or unicodedata.category(character) != "Zs")
        )
        for character in text
    )


@given(HOSTILE, st.integers(1, 300))
def test_a_cleaned_line_is_harmless_and_bounded(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert harmless(shown)
    assert len(shown) <= limit
    shown.encode("utf-8")


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(HOSTILE)
def test_a_block_keeps_only_its_line_breaks(text: str) -> None:
    shown = clean_block(text)
    assert harmless(shown, "\n")
    assert "\t" not in shown
    assert shown.count("\n") <= text.count("\n")


@given(st.binary(max_size=4000))
def test_bytes_of_any_kind(data: bytes) -> None:
    assert harmless(clean_bytes(data))


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S"])))
def test_plain_text_passes_unchanged(text: str) -> None:
    assert clean(text, max(len(text), 1)) == text


@given(HOSTILE, st.integers(0, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    shown = clean(text)
    for cut in (shorten(shown, width), shorten_path(shown, width)):
        assert cells(cut) <= width
        assert harmless(cut)
    if cells(shown) <= width:
        assert shorten(shown, width) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[2J", "<U+001B>[2J"),
        ("a\u202eb", "a<U+202E>b"),
        ("\u009b31m", "<U+009B>31m"),
        ("a\nb", "a<U+000A>b"),
        ("a\u00a0b", "a<U+00A0>b"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("x\ufe0f", "x<U+FE0F>"),
        ("\ud800", "<U+D800>"),
    ],
)
def test_what_is_made_visible(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_cut_is_seen() -> None:
    assert clean("a" * 20, 10) == "a" * 9 + "\u2026"
    assert shorten_path(Shown("/usr/local/bin/mcp-notes"), 10) == "\u2026mcp-notes"


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("mcp-notes", ()),
        ("Zo\u00eb", ()),
        ("m\u0441p-notes", ("letters of several scripts",)),
        ("mcp\u200b-notes", ("hidden characters",)),
        ("n\u0323\u0304otes", ("combining marks",)),
    ],
)
def test_look_alikes_are_flagged(name: str, warned: tuple[str, ...]) -> None:
    assert oddities(name) == warned


@given(HOSTILE)
def test_oddities_take_anything(text: str) -> None:
    assert all(isinstance(word, str) for word in oddities(text))
    assert oddities(clean(text)) == () or not text.isascii()
