"""How often a client may ask and when it rests, number by number as DESIGN says them."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker import fatigue
from entraclaw_tui.worker.fatigue import Fatigue
from tests.support.worker_stage import Hands


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def guard(hands: Hands) -> Fatigue:
    return Fatigue(hands.clock)


def rests(guard: Fatigue, client: str = "one") -> float | None:
    """Return the seconds that the client is told to wait; None where it may ask."""
    try:
        guard.check_rest(client)
    except WireError as error:
        return error.retry_after
    return None


def taken(guard: Fatigue, count: int, client: str = "one") -> float:
    """Ask so often; return the seconds to wait after the last one, 0 where all were taken."""
    try:
        for _ in range(count):
            guard.take(client)
    except WireError as error:
        return error.retry_after
    return 0.0


def test_a_refusal_says_what_it_is(guard: Fatigue) -> None:
    taken(guard, 10)
    with pytest.raises(WireError) as often:
        guard.take("one")
    assert (often.value.code, often.value.message) == (
        Code.TOO_MANY,
        "At most 10 requests a minute.",
    )
    guard.rest("one", 300.0)
    with pytest.raises(WireError) as rest:
        guard.check_rest("one")
    assert (rest.value.code, rest.value.hint) == (Code.RESTING, "Ask again later.")


def test_the_numbers() -> None:
    assert fatigue.PENDING_A_CLIENT == 5
    assert fatigue.PENDING_IN_ALL == 200
    assert fatigue.ASKS_A_MINUTE == 10
    assert fatigue.REST_SECONDS == 300.0


@pytest.mark.parametrize(
    ("own", "every", "message", "wait"),
    [
        (5, 5, "5 requests of this client wait already.", 5.0),
        (6, 200, "6 requests of this client wait already.", 5.0),
        (0, 200, "Too many requests wait already.", 10.0),
        (4, 201, "Too many requests wait already.", 10.0),
    ],
)
def test_where_too_much_waits_it_says_what(
    guard: Fatigue, own: int, every: int, message: str, wait: float
) -> None:
    with pytest.raises(WireError) as refused:
        guard.check_room(own, every)
    error = refused.value
    assert (error.code, error.message, error.retry_after) == (Code.TOO_MANY, message, wait)


def test_where_there_is_room_it_may_ask(guard: Fatigue) -> None:
    guard.check_room(0, 0)
    guard.check_room(4, 199)


def test_ten_at_once_and_then_one_every_six_seconds(guard: Fatigue, hands: Hands) -> None:
    assert taken(guard, 10) == 0.0
    assert taken(guard, 1) == 6.0
    hands.pass_by(2.5)
    assert taken(guard, 1) == 4.0
    hands.pass_by(3.6)
    assert taken(guard, 1) == 0.0
    assert taken(guard, 1) == 6.0


def test_after_a_minute_without_one_ten_may_come_again(guard: Fatigue, hands: Hands) -> None:
    taken(guard, 10)
    hands.pass_by(59.5)
    assert taken(guard, 10) == 1.0
    hands.pass_by(60)
    assert taken(guard, 10) == 0.0


def test_a_refused_ask_costs_nothing(guard: Fatigue, hands: Hands) -> None:
    taken(guard, 10)
    for _ in range(50):
        assert taken(guard, 1) == 6.0
    hands.pass_by(12)
    assert taken(guard, 2) == 0.0
    assert taken(guard, 1) == 6.0


def test_nobody_saves_up_more_than_ten(guard: Fatigue, hands: Hands) -> None:
    assert taken(guard, 4) == 0.0
    hands.pass_by(3600)
    assert taken(guard, 10) == 0.0
    assert taken(guard, 1) == 6.0
    assert taken(guard, 10, "another") == 0.0


def test_the_second_refusal_in_a_row_is_five_minutes_of_rest(guard: Fatigue, hands: Hands) -> None:
    assert guard.refused("one") is None
    assert rests(guard) is None
    assert guard.refused("one") == 300.0
    assert rests(guard) == 300.0
    assert rests(guard, "another") is None
    hands.pass_by(100.5)
    assert rests(guard) == 200.0
    hands.pass_by(199.4)
    assert rests(guard) == 1.0
    hands.pass_by(0.1)
    assert rests(guard) is None
    assert guard._rests == {}  # and is not kept in mind
    assert guard.refused("one") is None  # it begins anew
    assert guard.refused("one") == 300.0


def test_a_clock_that_is_set_ends_no_rest(guard: Fatigue, hands: Hands) -> None:
    guard.rest("one", 300.0)
    hands.now += 86_400
    assert rests(guard) == 300.0


def test_a_yes_or_an_unblocking_forgets_refusals_and_rests(guard: Fatigue) -> None:
    for forget in (guard.allowed, guard.forgive):
        guard.refused("one")
        forget("one")
        assert guard.refused("one") is None
        assert guard.refused("one") == 300.0
        forget("one")
        assert rests(guard) is None
        forget("one")  # of one that nobody knows: nothing
        guard.refused("another")
        assert guard.refused("another") == 300.0
        forget("another")


def test_no_rest_is_longer_than_five_minutes_and_the_last_one_counts(guard: Fatigue) -> None:
    guard.rest("one", 1e9)
    assert rests(guard) == 300.0
    guard.rest("one", 20.0)
    assert rests(guard) == 20.0


def test_two_thousand_clients_are_kept_in_mind_and_the_longest_unused_goes(
    guard: Fatigue,
) -> None:
    names = [f"c{number}" for number in range(2000)]
    for name in names:
        guard.take(name)
        guard.refused(name)
        guard.rest(name, 300.0)
    guard.take("c0")
    guard.rest("c0", 300.0)
    guard.take("one.more")
    guard.refused("one.more")
    guard.rest("one.more", 300.0)
    assert len(guard._buckets) == len(guard._refusals) == len(guard._rests) == 2000
    assert "c0" in guard._buckets
    assert "c1" not in guard._buckets
    assert rests(guard, "c0") == 300.0
    assert rests(guard, "c1") is None
    assert guard.refused("c0") is None  # its refusal was the oldest: forgotten
    assert guard.refused("c2") == 300.0
