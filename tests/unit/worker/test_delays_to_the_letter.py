"""What a wrong PIN costs, second by second: who gave it, and all strangers together."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker import delays
from entraclaw_tui.worker.delays import Delays
from tests.support.worker_stage import Hands


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def guard(hands: Hands) -> Delays:
    return Delays(hands.clock)


def test_the_numbers() -> None:
    assert (delays.FREE, delays.FIRST, delays.LONGEST) == (2, 5.0, 900.0)
    assert (delays.CROWD, delays.CROWD_SECONDS) == (10, 600.0)


def test_two_are_free_and_each_later_one_costs_twice_as_much(guard: Delays, hands: Hands) -> None:
    guard.right("panel")  # one that has given the right one: the crowd's count is not its own
    cost = [guard.wrong("panel") for _ in range(12)]
    assert cost == [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    hands.pass_by(899.5)
    with pytest.raises(WireError) as early:
        guard.check("panel")
    assert (early.value.code, early.value.retry_after) == (Code.WRONG_PIN, 1.0)
    assert early.value.message == "Too many wrong PINs: wait 1 s."
    assert early.value.hint == "Denying works meanwhile."
    hands.pass_by(0.5)
    guard.check("panel")
    assert guard.left("panel") == 0.0
    guard.right("panel")
    assert guard.wrong("panel") == 0


def test_a_thousand_wrong_ones_cost_no_more_than_a_quarter_of_an_hour(guard: Delays) -> None:
    guard.right("panel")
    assert [guard.wrong("panel") for _ in range(2000)][-1] == 900


def test_one_process_waits_and_another_does_not(guard: Delays) -> None:
    for _ in range(3):
        guard.wrong("one")
    assert guard.left("one") == 5.0
    guard.check("another")


def test_ten_of_strangers_together_hold_up_strangers_alone(guard: Delays, hands: Hands) -> None:
    guard.right("panel")
    for number in range(9):
        guard.wrong(f"p{number}")
        hands.pass_by(1)
    guard.check("p_new")
    assert guard.wrong("p9") == 591.0  # until the first of the ten is ten minutes old
    assert guard.left("p_new") == 591.0
    guard.check("panel")
    hands.pass_by(590.9)
    assert guard.left("p_new") == pytest.approx(0.1)
    hands.pass_by(0.2)
    guard.check("p_new")
    assert guard.wrong("p_new") == pytest.approx(0.9)  # the next of them is not ten minutes old


def test_what_the_audit_knows_of_the_last_ten_minutes_counts(hands: Hands) -> None:
    assert Delays(hands.clock, 9).left("p") == 0.0
    assert Delays(hands.clock, 10).left("p") == 600.0
    assert Delays(hands.clock, 5000).left("p") == 600.0
    late = Delays(hands.clock, 10)
    hands.pass_by(599.9)
    assert late.left("p") == pytest.approx(0.1)
    hands.pass_by(0.1)
    assert late.left("p") == 0.0


def test_five_hundred_processes_are_kept_in_mind(guard: Delays) -> None:
    guard.right("first")
    for number in range(500):
        guard.right(f"right{number}")
        guard.wrong(f"right{number}")
    assert len(guard._proven) == 500
    assert "first" not in guard._proven
    guard.wrong("right0")
    for number in range(499):
        guard.wrong(f"other{number}")
    assert len(guard._tries) == 500
    assert guard._tries["right0"].wrong == 2
    assert "right1" not in guard._tries
