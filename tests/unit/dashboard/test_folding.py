"""Facts in as many lines as they need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.lines import Line, fact, folded, length, piece

words = st.text(alphabet="ab -/.", max_size=120)


def text(lines: list[Line]) -> str:
    return "".join("".join(p.text for p in line) for line in lines).replace(" ", "")


@given(words, words, st.integers(24, 100))
def test_nothing_is_lost_and_everything_fits(value: str, remark: str, width: int) -> None:
    line = fact("label", piece(value[: width - 13]), piece(f"  {remark}"))
    lines = folded(line, width)
    assert text(lines) == text([line])
    assert max(map(length, lines)) <= width


def test_a_long_value_goes_on_below_its_start() -> None:
    lines = folded(fact("file", piece("one two three four")), 22)
    assert ["".join(p.text for p in line) for line in lines] == [
        "file        one two",
        "            three four",
    ]


def test_the_blanks_before_a_remark_stay() -> None:
    lines = folded(fact("flags", piece("hard"), piece("  a remark that is long")), 40)
    assert ["".join(p.text for p in line) for line in lines] == [
        "flags       hard  a remark that is long"
    ]
    lines = folded(fact("flags", piece("hard"), piece("  a remark that is long")), 38)
    assert "".join(p.text for p in lines[0]) == "flags       hard  a remark that is"
    assert "".join(p.text for p in lines[1]) == "            long"


def test_a_value_of_several_parts_goes_on_below_its_start() -> None:
    secret = fact("secret", piece("private key"), piece(" of the agent research-bot, version 1"))
    assert ["".join(p.text for p in line) for line in folded(secret, 56)] == [
        "secret      private key of the agent research-bot,",
        "            version 1",
    ]
    marked = fact("fits", piece("+"), piece(" "), piece("It names the agent by its path alone."))
    assert ["".join(p.text for p in line) for line in folded(marked, 40)] == [
        "fits        + It names the agent by its",
        "              path alone.",
    ]


def test_a_remark_without_room_beside_the_value_goes_below_it() -> None:
    lines = folded(fact("flags", piece("a-long-value"), piece("  a remark")), 26)
    assert ["".join(p.text for p in line).rstrip() for line in lines] == [
        "flags       a-long-value",
        "            a remark",
    ]
