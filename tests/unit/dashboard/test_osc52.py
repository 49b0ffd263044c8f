"""What is written for the terminal's clipboard comes out whole behind tmux and GNU screen."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.osc52 import MOST, fitting, sequence, told

TMUX = {"TMUX": "/tmp/tmux-501/default,1,0", "TERM": "screen-256color"}
SCREEN = {"STY": "1.ttys001.studio", "TERM": "screen"}


def asked(written: str) -> list[str]:
    """What a terminal is asked to take."""
    found = re.findall(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", written)
    return [base64.b64decode(text).decode() for text in found]


def through_tmux(written: str) -> str:
    """What tmux passes on of the last part, as tmux(1) says."""
    (inner,) = re.findall(r"\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\", written)
    return str(inner).replace("\x1b\x1b", "\x1b")


def through_screen(written: str) -> str:
    """What GNU screen passes on, and that no part is longer than it keeps."""
    parts = re.findall(r"\x1bP(.*?)\x1b\\", written, re.DOTALL)
    assert all(len(part) <= 768 for part in parts)
    return "".join(parts)


@given(st.text(max_size=3000))
def test_it_comes_out_whole(text: str) -> None:
    text = fitting(text.encode("utf-8", "replace").decode())
    assert asked(sequence(text, {"TERM": "xterm-256color"})) == [text]
    assert asked(through_tmux(sequence(text, TMUX))) == [text]
    assert asked(through_screen(sequence(text, SCREEN))) == [text]


def test_too_long_a_text_is_cut_between_characters_and_that_is_said() -> None:
    text = "\u20ac" * MOST
    cut = fitting(text)
    assert 0 < len(cut.encode()) <= MOST
    assert set(cut) == {"\u20ac"}
    assert len(sequence(cut, {})) <= 100_020
    assert "74,994 bytes" in told("the line", text, {})
    assert told("the line", "short", {}) == "Sent the line to the terminal's clipboard."


@pytest.mark.parametrize("term", ["tmux-256color", "screen.xterm-256color"])
def test_the_multiplexer_is_known_by_its_terminal_too(term: str) -> None:
    assert "\x1bP" in sequence("x", {"TERM": term})
