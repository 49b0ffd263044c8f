"""How commands print: aligned, bounded, and nothing that a terminal could act on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.cli.output import age, span, table
from entraclaw_tui.text import cells


def test_columns_line_up_whatever_the_letters_are_wide() -> None:
    lines = table(("a", "b"), [("wide \u6f22\u5b57", "x"), ("plain", "x")])
    assert cells(lines[1][: lines[1].rindex("x")]) == cells(lines[2][: lines[2].rindex("x")])


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), max_size=5))
def test_no_cell_can_break_its_row(rows: list[tuple[str, str]]) -> None:
    lines = table(("first", "second"), rows)
    assert len(lines) == len(rows) + 1
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (90000, "1 d")],
)
def test_spans_are_coarse(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_ages() -> None:
    assert age(None, 100.0) == "-"
    assert age(100.0, 100.5) == "now"
    assert age(100.0, 170.0) == "1 min"
