"""The rules of the sheets by themselves: arming, digits, scrolling, the rows of a request."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.lines import Line, length, piece
from entraclaw_tui.dashboard.sheets.allowance import options
from entraclaw_tui.dashboard.sheets.arming import AFTER_KEY, AFTER_PAINT, Arming
from entraclaw_tui.dashboard.sheets.digits import Digits
from entraclaw_tui.dashboard.sheets.request_body import body
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Remember, Scope, Tier
from tests.support.sheet_stage import PIN, asked, requester

GAPS = st.lists(st.floats(0.0, 1.0), max_size=30)


@given(GAPS, st.floats(0.0, 2.0))
def test_a_key_counts_after_the_paint_and_a_pause_and_only_then(
    gaps: list[float], paint: float
) -> None:
    arming = Arming()
    now, before, painted = 0.0, float("-inf"), False
    for gap in gaps:
        now += gap
        if not painted and now >= paint:
            arming.painted(paint)
            painted = True
        arming.key(now)
        meant = painted and now - paint >= AFTER_PAINT and now - before >= AFTER_KEY
        assert arming.take() is meant
        assert arming.take() is False  # a key is good for one answer
        before = now


def test_what_changes_on_the_screen_disarms() -> None:
    arming = Arming()
    arming.painted(0.0)
    arming.key(10.0)
    arming.disarm()
    assert not arming.take()
    assert not arming.ready(20.0)
    arming.painted(20.0)
    assert not arming.ready(20.4)
    assert arming.ready(20.6)


def test_without_a_key_nothing_is_meant() -> None:
    arming = Arming()
    arming.painted(0.0)
    assert not arming.take()


@given(st.text(max_size=60))
def test_digits_take_digits_alone_and_show_none(text: str) -> None:
    digits = Digits()
    for character in text:
        digits.add(character)
    kept = "".join(c for c in text if c in "0123456789")[:32]
    assert len(digits) == len(kept)
    assert not set(digits.dots(6)) & set("0123456789")
    assert not set(repr(digits)) & set("0123456789")
    assert digits.take() == kept
    assert len(digits) == 0


def test_digits_forget() -> None:
    digits = Digits()
    for character in PIN:
        assert digits.add(character)
    assert not digits.add("\u0664")  # a digit, of another script
    digits.back()
    assert digits.take() == PIN[:-1]
    digits.back()
    digits.clear()
    assert digits.take() == ""


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=12),
    st.integers(2, 12),
    st.lists(st.integers(-30, 30), max_size=20),
)
def test_a_part_counts_as_seen_once_all_its_rows_were_visible(
    sizes: list[int], rows: int, moves: list[int]
) -> None:
    lines: list[Line] = []
    parts = []
    for size in sizes:
        parts.append(range(len(lines), len(lines) + size))
        lines += [(piece(f"row {len(lines) + n}"),) for n in range(size)]
    scroller = Scroller()
    seen: set[str] = set()
    for move in [0, *moves]:
        scroller.move(move)
        shown = scroller.window(lines, parts, rows)
        assert len(shown) <= rows
        seen |= {line[0].text for line in shown}
        whole = sum(all(f"row {n}" in seen for n in part) for part in parts)
        assert scroller.unseen(len(parts)) == len(parts) - whole


TEXT = st.text(max_size=120)


@given(TEXT, TEXT, TEXT, st.integers(56, 88), st.booleans())
def test_no_words_break_the_rows(
    name: str, reason: str, scope: str, width: int, roomy: bool
) -> None:
    request = asked(
        claimed_name=name,
        reason=reason,
        account=scope,
        resource=scope,
        tenant=name,
        scopes=(Scope(scope, Tier.HIGH, reason, False, True), Scope("Mail.Read", Tier.LOW, "x")),
        requester=requester(f"/{name}", user=reason, verified_by=name),
    )
    whole = body(request, width, Symbols(), roomy=roomy)
    for line in whole.lines:
        text = "".join(p.text for p in line)
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)
        assert length(line) <= width
    second = whole.scopes[1]
    assert "Mail.Read" in "".join(p.text for n in second for p in whole.lines[n])
    assert whole.scopes[0].stop == second.start


def test_a_long_reason_is_cut_with_a_sign_and_told_whole_below() -> None:
    reason = " ".join(f"word{n}" for n in range(100))
    lines = body(asked(reason=reason), 70, Symbols(), roomy=False).lines
    rows = ["".join(p.text for p in line) for line in lines]
    below = rows.index("THE WHOLE REASON")
    assert any(row.rstrip().endswith("\u2026") for row in rows[:below])
    assert "word99" in " ".join(rows[below:])
    assert not any("word99" in row for row in rows[:below])


@pytest.mark.parametrize("tier", list(Tier))
def test_high_is_once_whatever_was_offered(tier: Tier) -> None:
    request = msgspec.structs.replace(asked(tier=tier), remember_options=tuple(Remember))
    assert (options(request, None) == (Remember.ONCE,)) is (tier is Tier.HIGH)
    bare = msgspec.structs.replace(request, remember_options=())
    assert options(bare, None) == (Remember.ONCE,)
