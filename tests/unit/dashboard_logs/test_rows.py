"""How lines look: bounded, within the width, without anything that a terminal could act on."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.lines import Tone, length
from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.logs.rows import MOST_ROWS, Looks, paint, reaching
from entraclaw_tui.dashboard.logs.saving import text_of
from entraclaw_tui.dashboard.symbols import PLAIN, Symbols
from entraclaw_tui.macos.logs import parse_worker_line
from entraclaw_tui.model.log import NOTICE, LogLine

NOW = 1_800_000_000.0
hostile = st.text(max_size=300) | st.binary(max_size=300).map(lambda b: b.decode("latin-1"))


def _kept(message: str, **more: object) -> Kept:
    fields = {"at": NOW, "origin": "worker", "level": "info", "message": message, **more}
    log = LogLine(**fields)  # type: ignore[arg-type]
    return Kept(log.at or NOW, log)


def _text(kept: Kept, unfolded: bool = False, **looks: object) -> list[str]:
    shown = Looks(80, Symbols(), NOW, **looks)  # type: ignore[arg-type]
    return ["".join(p.text for p in row) for row in paint(kept, None, unfolded, shown).rows]


@given(hostile, hostile, st.booleans(), st.booleans(), st.text(max_size=3), st.integers(0, 400))
def test_nothing_that_a_terminal_could_act_on_is_left(
    message: str, origin: str, unfolded: bool, wrapping: bool, sought: str, left: int
) -> None:
    raw = json.dumps({"message": message, origin: message})
    kept = _kept(message, origin=origin, raw=raw)
    rows = _text(kept, unfolded, wrapping=wrapping, sought=sought, left=left)
    for text in (*rows, text_of(kept)):
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)


@given(hostile, st.integers(55, 120))
def test_wrapped_and_unfolded_rows_stay_within_the_width(message: str, width: int) -> None:
    looks = Looks(width, Symbols(), NOW, wrapping=True)
    for unfolded in (False, True):
        painted = paint(_kept(message, raw=json.dumps({"m": message})), None, unfolded, looks)
        assert all(length(row) <= width for row in painted.rows)


def test_a_line_of_a_megabyte_takes_a_bounded_number_of_rows() -> None:
    kept = parse_worker_line(json.dumps({"message": "x" * 1_000_000}))
    assert len(_text(Kept(NOW, kept), unfolded=True)) <= MOST_ROWS
    assert len(_text(_kept("a b " * 100_000), wrapping=True)) <= MOST_ROWS


@pytest.mark.parametrize("symbols", [Symbols(), PLAIN])
def test_each_level_has_a_shape_of_its_own(symbols: Symbols) -> None:
    looks = Looks(80, symbols, NOW)
    shapes = set()
    for level in ("debug", "info", "warning", "error", NOTICE):
        (row,) = paint(_kept("m", level=level), None, False, looks).rows
        shapes.add("".join(p.text for p in row).removesuffix("m").strip()[-2:])
    assert len(shapes) == 5


@pytest.mark.parametrize("before", [0, 20, 55, 56, 57, 58, 59, 60, 400])
def test_a_hit_that_is_cut_away_is_brought_into_sight(before: int) -> None:
    kept = _kept("." * before + "HIT" + "." * 500)
    looks = Looks(80, Symbols(), NOW, sought="hit")
    (row,) = paint(kept, None, False, reaching(kept, looks)).rows
    assert "HIT" in "".join(p.text for p in row)[: looks.width]
    near = _kept("." * 57 + "HIT")
    (row,) = paint(near, None, False, reaching(near, looks)).rows
    assert "".join(p.text for p in row)[21:] == "\u2190" + "." * 54 + "HIT"
    moved = Looks(80, Symbols(), NOW, sought="hit", left=20)
    assert reaching(kept, moved) is moved
    elsewhere = Looks(80, Symbols(), NOW, sought="worker" * 20)
    assert reaching(kept, elsewhere) is elsewhere


def test_a_line_of_launchd_tells_from_its_start_what_happened_to_our_job() -> None:
    def told(message: str, **looks: Any) -> str:
        (row,) = _text(_kept(message, origin="launchd"), **looks)
        return row[21:]

    state = "service state: running"
    assert told(f"gui/501/com.entraclaw.agent [4711]: {state}") == f"[4711] {state}"
    assert told(f"user/501/com.entraclaw.agent: {state}") == state
    for other in ("gui/501/com.entraclaw.agent.helper [1]: x", "gui/501 [100]: Bootstrap", state):
        assert told(other) == other
    whole = f"gui/501/com.entraclaw.agent [4711]: {state}"
    assert told(whole, sought="Claw.Agent") == whole
    assert told(whole, sought="]: service") == whole
    assert told(whole, sought="running") == f"[4711] {state}"
    assert "".join(_text(_kept(whole, origin="launchd"), wrapping=True)).count("gui/501") == 1
    assert "gui/501" in _text(_kept(whole, origin="launchd"), unfolded=True)[0]
    assert told(whole, left=5).startswith("\u2190] service")


def test_hits_stand_out_wherever_they_are_and_however_they_are_written() -> None:
    looks = Looks(80, Symbols(), NOW, sought="MAIL")
    (row,) = paint(_kept("mail, eMail and [mail]"), None, False, looks).rows
    assert [p.text for p in row if p.tone is Tone.HIT] == ["mail", "Mail", "mail"]


def test_a_new_day_is_told_above_its_first_line() -> None:
    yesterday, today = _kept("a", at=NOW - 86_400), _kept("b")
    looks = Looks(80, Symbols(), NOW)
    assert paint(yesterday, None, False, looks).head == 1
    assert paint(today, yesterday, False, looks).head == 1
    assert paint(today, today, False, looks).head == 0
    assert paint(today, None, False, looks).head == 0
    assert "Thursday 14 January 2027" in _text(yesterday)[0]


def test_a_time_that_is_only_about_right_says_so_and_is_not_shown_as_one() -> None:
    kept = _kept("trouble", at=None, origin="agent err")
    rows = _text(kept, unfolded=True)
    assert rows[0].startswith(" " * 8)
    assert any("about 2027-01-15" in row for row in rows)
