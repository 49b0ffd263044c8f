"""The three small helpers of the exchange: one thread, one flight, some patience."""

from __future__ import annotations

import asyncio
import threading

import pytest

from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.flight import SingleFlight
from entraclaw_tui.worker.lane import Lane
from entraclaw_tui.worker.patience import TRIES, Patience


async def test_a_lane_runs_one_after_another_on_a_daemon() -> None:
    lane = Lane("test-lane")
    order: list[int] = []

    def work(number: int) -> str:
        order.append(number)
        assert threading.current_thread().daemon
        return threading.current_thread().name

    names = await asyncio.gather(*(lane.run(lambda n=n: work(n), 5) for n in range(5)))  # type: ignore[misc]
    assert names == ["test-lane"] * 5
    assert order == list(range(5))
    lane.close()
    with pytest.raises(RuntimeError, match="closed"):
        await lane.run(lambda: None, 1)


async def test_a_lane_passes_errors_on_and_lives() -> None:
    lane = Lane("test-lane")

    def fail() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        await lane.run(fail, 5)
    assert await lane.run(lambda: 1, 5) == 1
    lane.close()


async def test_work_that_nobody_waits_for_is_dropped() -> None:
    lane = Lane("test-lane")
    free = threading.Event()
    ran: list[str] = []
    stuck = asyncio.ensure_future(lane.run(lambda: free.wait(30), 30))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await lane.run(lambda: ran.append("late"), 0.01)
    free.set()
    assert await stuck is True
    await lane.run(lambda: ran.append("next"), 5)
    assert ran == ["next"]
    lane.close()


async def test_equal_keys_share_a_flight_and_different_ones_do_not() -> None:
    flights: SingleFlight[int] = SingleFlight()
    gate = asyncio.Event()
    runs: list[str] = []

    async def work(name: str) -> int:
        runs.append(name)
        await gate.wait()
        return len(name)

    waiting = [
        asyncio.ensure_future(flights.run(key, lambda key=key: work(key)))  # type: ignore[misc]
        for key in ("a", "a", "bb", "a")
    ]
    await asyncio.sleep(0)
    waiting[0].cancel()  # the first one leaves; the others still get theirs
    gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [(1, True), (2, False), (1, True)]
    assert sorted(runs) == ["a", "bb"]
    assert await flights.run("a", lambda: work("a")) == (1, False)  # nothing is kept


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_hiccups_are_tried_again() -> None:
    clock = Clock()
    patience = Patience(clock.sleep, clock)
    left = [ExchangeError(Kind.TRANSIENT), ExchangeError(Kind.TRANSIENT, retry_after=3)]

    async def work() -> str:
        if left:
            raise left.pop(0)
        return "token"

    assert await patience.run("a", work, clock.now + 20) == "token"
    assert len(clock.slept) == TRIES - 1
    assert clock.slept[0] <= 0.4
    assert clock.slept[1] == 3


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.TRANSIENT])
async def test_nothing_else_is(kind: Kind) -> None:
    clock = Clock()
    calls: list[int] = []

    async def work() -> None:
        calls.append(1)
        raise ExchangeError(kind, retry_after=5)

    with pytest.raises(ExchangeError):
        await Patience(clock.sleep, clock).run("a", work, clock.now + 20)
    assert len(calls) == 1


async def test_a_pause_beyond_the_deadline_is_the_clients() -> None:
    clock = Clock()

    async def work() -> None:
        raise ExchangeError(Kind.TRANSIENT, retry_after=60)

    with pytest.raises(ExchangeError) as caught:
        await Patience(clock.sleep, clock).run("a", work, clock.now + 20)
    assert caught.value.retry_after == 60
    assert clock.slept == []


async def test_a_pause_is_kept_for_that_account_alone() -> None:
    clock = Clock()
    patience = Patience(clock.sleep, clock)
    calls: list[str] = []

    async def throttled() -> None:
        calls.append("asked")
        raise ExchangeError(Kind.THROTTLED, retry_after=7)

    async def fine() -> str:
        return "token"

    with pytest.raises(ExchangeError):
        await patience.run("a", throttled, clock.now + 20)
    clock.now += 5
    with pytest.raises(ExchangeError) as caught:
        await patience.run("a", throttled, clock.now + 20)
    assert calls == ["asked"]
    assert caught.value.retry_after == pytest.approx(2)
    assert await patience.run("b", fine, clock.now + 20) == "token"
    clock.now += 2.1
    assert await patience.run("a", fine, clock.now + 20) == "token"
