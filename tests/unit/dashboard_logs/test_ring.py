"""The ring: order of time, bounds, and the list of what is shown that goes with it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from entraclaw_tui.dashboard.logs.ring import AHEAD, Kept, LogRing
from entraclaw_tui.dashboard.logs.sieve import Sieve
from entraclaw_tui.dashboard.logs.visible import Visible
from entraclaw_tui.model.log import NOTICE, LogLine

NOW = 1_800_000_000.0

lines = st.builds(
    LogLine,
    at=st.none() | st.floats(0, NOW).map(lambda at: round(at / 1e7) * 1e7),
    origin=st.sampled_from(["worker", "launchd", "audit"]),
    level=st.sampled_from(["debug", "info", "warning", "error", NOTICE]),
    message=st.text("abAB! ", max_size=6),
    near=st.sampled_from([0.0, 0.0, NOW - 5]),
)
batches = st.lists(st.lists(lines, max_size=8), max_size=12)
sieves = st.builds(
    Sieve,
    text=st.sampled_from(["", "a", "A", "ab", "!a", "!ab", "!", "worker", "error"]),
    off=st.frozensets(st.sampled_from(["worker", "launchd"])),
    level=st.integers(0, 2),
)


def _line(at: float | None, message: str = "m", origin: str = "worker", **more: float) -> LogLine:
    return LogLine(at, origin, "info", message, "", more.get("near", 0.0))


def _messages(ring: LogRing) -> list[str]:
    return [kept.log.message for kept in ring.lines]


@given(batches, st.integers(1, 12))
def test_the_ring_is_what_sorting_everything_and_keeping_the_end_gives(
    poured: list[list[LogLine]], most: int
) -> None:
    ring, whole = LogRing(lines=most), LogRing(lines=10_000)
    for batch in poured:
        ring.take(batch, NOW)
        whole.take(batch, NOW)
    assert [k.at for k in whole.lines] == sorted(k.at for k in whole.lines)
    assert len(whole.lines) == sum(map(len, poured))
    assert len(ring.lines) == min(most, len(whole.lines))
    assert [k.at for k in ring.lines] == sorted(k.at for k in ring.lines)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=40))
def test_lines_of_one_time_stand_as_they_came(came: list[tuple[int, int]]) -> None:
    ring = LogRing()
    for number, (at, _) in enumerate(came):
        ring.take([_line(float(at), str(number))], NOW)
    expected = sorted(range(len(came)), key=lambda n: came[n][0])
    assert _messages(ring) == [str(n) for n in expected]


@settings(max_examples=200)
@given(batches, sieves, st.integers(1, 30))
def test_what_is_shown_is_always_what_passes(
    poured: list[list[LogLine]], sieve: Sieve, most: int
) -> None:
    ring = LogRing(lines=most)
    shown = Visible(ring)
    shown.sift(sieve)
    for batch in poured:
        before = list(shown.lines)
        new = shown.follow(ring.take(batch, NOW))
        assert shown.lines == sieve.select(ring.lines)
        assert new == len([k for k in shown.lines if k not in before])


@given(st.lists(lines, max_size=30), st.lists(sieves, max_size=6))
def test_going_from_filter_to_filter_ends_where_the_last_one_alone_does(
    poured: list[LogLine], path: list[Sieve]
) -> None:
    ring = LogRing()
    ring.take(poured, NOW)
    shown = Visible(ring)
    for sieve in path:
        shown.sift(sieve)
        assert shown.lines == sieve.select(ring.lines)


def test_a_clock_that_runs_ahead_does_not_hold_the_last_place() -> None:
    ring = LogRing()
    ring.take([_line(NOW + AHEAD + 1, "from the future")], NOW)
    ring.take([_line(NOW + 5, "later")], NOW + 5)
    assert _messages(ring) == ["from the future", "later"]


def test_a_line_without_a_time_follows_the_line_before_it_in_its_log() -> None:
    ring = LogRing()
    ring.take([_line(10.0, "a"), _line(20.0, "b", "launchd"), _line(None, "more of a")], NOW)
    assert _messages(ring) == ["a", "more of a", "b"]
    ring.take([_line(None, "err", "agent err", near=15.0)], NOW)
    assert _messages(ring) == ["a", "more of a", "err", "b"]


def test_long_lines_are_bounded_together() -> None:
    ring = LogRing(lines=1000, text=10_000)
    for number in range(50):
        ring.take([_line(float(number), str(number) * 500)], NOW)
    assert sum(len(m) for m in _messages(ring)) <= 10_000
    assert _messages(ring)[-1] == "49" * 500
    ring.take([_line(100.0, "x" * 50_000)], NOW)
    assert [len(m) for m in _messages(ring)] == [50_000]


def test_names_of_origins_that_somebody_makes_up_are_bounded() -> None:
    ring = LogRing()
    for number in range(500):
        ring.take([_line(1.0, origin=f"origin {number}")], NOW)
    assert len(ring.origins) <= 64


@given(st.lists(st.integers(0, 9).map(float), max_size=20), st.floats(-1, 11))
def test_a_time_is_found_where_the_first_line_of_it_stands(
    times: list[float], wanted: float
) -> None:
    ring = LogRing()
    ring.take([_line(at) for at in times], NOW)
    place = Visible(ring).place_at(wanted)
    assert all(k.at < wanted for k in ring.lines[:place])
    assert all(k.at >= wanted for k in ring.lines[place:])


@given(st.lists(lines, min_size=1, max_size=20), st.integers(0, 19), sieves)
def test_a_line_is_found_again_or_the_place_of_its_time(
    poured: list[LogLine], number: int, sieve: Sieve
) -> None:
    ring = LogRing()
    ring.take(poured, NOW)
    shown = Visible(ring)
    kept = ring.lines[number % len(ring.lines)]
    shown.sift(sieve)
    place = shown.place_of(kept)
    if kept in shown.lines:
        assert shown.lines[place] is kept
    elif shown.lines:
        assert 0 <= place < len(shown.lines)


def test_search_goes_both_ways() -> None:
    ring = LogRing()
    ring.take([_line(float(n), "Yes" if n % 3 == 0 else "no") for n in range(10)], NOW)
    shown = Visible(ring)
    assert [shown.find("YES", start, 1) for start in (0, 1, 9, 10)] == [0, 3, 9, None]
    assert [shown.find("yes", start, -1) for start in (9, 8, 0, -1)] == [9, 6, 0, None]
    assert [shown.hits("yes", place) for place in (0, 3, 8, 9)] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_we_say_of_a_log_passes_every_level() -> None:
    sieve = Sieve(level=2)
    kept = [Kept(1.0, LogLine(1.0, "worker", level, "m")) for level in ("info", "error", NOTICE)]
    assert [k.log.level for k in sieve.select(kept)] == ["error", NOTICE]
