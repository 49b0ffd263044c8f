"""The rows of several requests: whatever programs call themselves, no fact is pushed away."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.lines import length
from entraclaw_tui.dashboard.sheets.batch_body import Asking, Fate, asking_rows, in_order, together
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request, Scope, Tier
from entraclaw_tui.text import clean
from tests.support.hostile_texts import strings
from tests.support.sheet_stage import asked, requester

WORDS = st.one_of(st.text(max_size=40), st.sampled_from(strings(200, 7)))
SCOPES = st.lists(
    st.builds(
        Scope,
        name=st.from_regex(r"[A-Za-z0-9._:/~-]{1,256}", fullmatch=True),
        tier=st.sampled_from(Tier),
        meaning=WORDS,
        known=st.booleans(),
        admin_only=st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@st.composite
def some(draw: st.DrawFn, number: int = 0) -> Request:
    return msgspec.structs.replace(
        asked(f"r{number}", draw(st.sampled_from(Tier))),
        claimed_name=draw(WORDS),
        reason=draw(WORDS),
        agent=draw(WORDS),
        account=draw(WORDS),
        scopes=draw(SCOPES),
        new_client=draw(st.booleans()),
        requester=requester(f"/usr/local/bin/{draw(WORDS)}", is_interpreter=draw(st.booleans())),
    )


@given(st.tuples(some(0), some(1), some(2)), st.integers(56, 86), WORDS)
def test_every_fact_has_its_row_and_none_is_wider(
    requests: tuple[Request, ...], width: int, why: str
) -> None:
    found = together(requests, {"r1": Fate(why)}, width, Symbols())
    assert [row for part in found.parts for row in part] == [
        row for row, line in enumerate(found.lines) if line
    ]
    for line in found.lines:
        assert length(line) <= width
        assert all(clean(piece.text, len(piece.text)) == piece.text for piece in line)
    for request, part in zip(requests, found.parts, strict=True):
        rows = ["".join(piece.text for piece in found.lines[row]) for row in part]
        assert rows[0].startswith(("low", "medium", "HIGH"))
        squeezed = "".join("".join(rows).split())
        assert all(scope.name in squeezed for scope in request.scopes)
        assert rows[-1].strip()


@given(st.tuples(some(0), some(1), some(2)))
def test_high_ones_stand_below_those_that_one_pin_allows(requests: tuple[Request, ...]) -> None:
    tiers = [request.tier is Tier.HIGH for request in in_order(requests)]
    assert tiers == sorted(tiers)
    assert {r.id for r in in_order(requests)} == {r.id for r in requests}


@given(st.integers(0, 100), st.integers(0, 100), WORDS, st.integers(56, 86))
def test_what_allowing_takes_fits(open_: int, allowable: int, why: str, width: int) -> None:
    dots = "\u25cf " * 6
    for obstacle in ("", why):
        asking = Asking(obstacle, max(open_, allowable), allowable, dots, True, False, True)
        assert all(length(line) <= width for line in asking_rows(asking, width))
