"""Sources: never asked twice at once, slower while they fail, old values marked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from entraclaw_tui.dashboard.key import JOB
from entraclaw_tui.dashboard.poll import Poll
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Loaded, Stale
from tests.support.panel import job


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what holds has no event of its own
            await asyncio.sleep(0)


def _told_nothing(poll: Poll[Job], times: int) -> bool:
    return poll._nothings == times


class _Reader:
    """A source that answers when it is let, and knows if it was asked twice at once."""

    def __init__(self) -> None:
        self.gate = asyncio.Semaphore(0)
        self.asked = 0
        self.inside = 0
        self.most = 0
        self.answer: Loaded[Job] | Empty | Failed = Loaded(job(), 1.0)

    async def __call__(self) -> Loaded[Job] | Empty | Failed:
        self.asked += 1
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.gate.acquire()
        finally:
            self.inside -= 1
        return self.answer


async def test_a_slow_source_is_never_asked_twice_at_once() -> None:
    reader, store = _Reader(), Store()
    poll = Poll(JOB, reader, lambda: 0.0, store)
    task = asyncio.create_task(poll.run())
    await _until(lambda: reader.asked == 1)
    for _ in range(20):
        poll.hurry()
        await asyncio.sleep(0)
    assert reader.asked == 1
    reader.gate.release()
    await _until(lambda: reader.asked == 2)
    assert reader.most == 1
    task.cancel()


async def test_hurry_asks_before_the_pace_is_over() -> None:
    reader, store = _Reader(), Store()
    poll = Poll(JOB, reader, lambda: 3600.0, store)
    task = asyncio.create_task(poll.run())
    reader.gate.release()
    await _until(lambda: store.get(JOB) is not None)
    poll.hurry()
    await _until(lambda: reader.asked == 2)
    task.cancel()


async def test_a_poll_that_is_left_in_the_moment_it_is_hurried_ends() -> None:
    """Else the panel would wait for it when a person leaves."""
    reader, store = _Reader(), Store()
    poll = Poll(JOB, reader, lambda: 3600.0, store)
    task = asyncio.create_task(poll.run())
    reader.gate.release()
    await _until(lambda: store.get(JOB) is not None)
    await asyncio.sleep(0)
    poll.hurry()
    await asyncio.sleep(0)  # the wait is over, and the poll has not heard of it
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


async def test_a_paused_poll_asks_nothing_and_asks_at_once_after() -> None:
    reader, store = _Reader(), Store()
    poll = Poll(JOB, reader, lambda: 0.0, store)
    poll.pause()
    task = asyncio.create_task(poll.run())
    for _ in range(20):
        await asyncio.sleep(0)
    assert reader.asked == 0
    poll.resume()
    await _until(lambda: reader.asked == 1)
    task.cancel()


async def test_failures_slow_it_down_to_a_limit() -> None:
    poll = Poll(JOB, _Reader(), lambda: 15.0, Store())
    delays = []
    for failures in range(10):
        poll._failures = failures
        delays.append(poll._delay())
    assert delays[:4] == [15.0, 30.0, 60.0, 120.0]
    assert delays[-1] == 300.0


async def test_what_is_being_set_up_shows_soon_and_what_stays_away_costs_little() -> None:
    reader, store = _Reader(), Store()
    reader.answer = Empty("There is no login keychain.")
    poll = Poll(JOB, reader, lambda: 20.0, store)
    task = asyncio.create_task(poll.run())
    delays = []
    for asked in range(1, 8):
        reader.gate.release()
        await _until(partial(_told_nothing, poll, asked))
        delays.append(poll._delay())
        poll.hurry()
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]
    reader.answer = Loaded(job(), 1.0)
    reader.gate.release()
    await _until(lambda: isinstance(store.get(JOB), Loaded))
    assert poll._delay() == 20.0
    task.cancel()


async def test_a_reader_with_a_bug_is_a_failure_of_its_pane() -> None:
    async def broken() -> Loaded[Job]:
        raise KeyError("secret detail")

    store = Store()
    task = asyncio.create_task(Poll(JOB, broken, lambda: 1.0, store).run())
    await _until(lambda: store.get(JOB) is not None)
    failed = store.get(JOB)
    assert isinstance(failed, Failed)
    assert "KeyError" in failed.reason
    assert "secret detail" not in failed.reason
    task.cancel()


def test_a_failure_after_a_value_leaves_it_stale() -> None:
    store, heard = Store(), list[str]()
    store.listen(heard.append)
    store.put(JOB, Loaded(job(), 5.0))
    store.put(JOB, Failed("no answer"))
    assert store.get(JOB) == Stale(job(), 5.0, "no answer")
    store.put(JOB, Failed("no answer"))
    assert heard == ["job", "job"]
    store.put(JOB, Empty("not loaded"))
    assert store.get(JOB) == Empty("not loaded")
    store.put(JOB, Failed("no answer"))
    assert store.get(JOB) == Failed("no answer")
