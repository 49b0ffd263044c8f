"""What panels hear: numbered, caught up with, bounded; and the watch over the screen's lock."""

from __future__ import annotations

import asyncio

import pytest

from entraclaw_tui.ipc.messages import Event
from entraclaw_tui.worker.bus import KEPT, Bus
from entraclaw_tui.worker.panels import Panels, ScreenWatch
from entraclaw_tui.worker.sessions import ApproverSession
from tests.support.worker_stage import Hands, approver


def test_numbers_grow_and_a_restart_begins_higher() -> None:
    bus = Bus(100.0)
    heard: list[Event] = []
    stop = bus.subscribe(heard.append)
    bus.publish(Event(0, "worker"))
    bus.private(Event(0, "session"), lambda event: None)
    bus.publish(Event(0, "worker"))
    stop()
    bus.publish(Event(0, "worker"))
    first, second = (event.seq for event in heard)
    assert second == first + 2
    assert Bus(101.0).seq > bus.seq


def test_what_was_missed_is_told_as_long_as_it_is_known() -> None:
    bus = Bus(100.0)
    start = bus.seq
    assert bus.since(start) == ()
    for _ in range(KEPT):
        bus.publish(Event(0, "worker"))
    caught = bus.since(start)
    assert caught is not None
    assert [event.seq for event in caught] == list(range(start + 1, start + 1 + KEPT))
    bus.publish(Event(0, "worker"))
    assert bus.since(start) is None
    assert bus.since(start + 1) is not None
    assert bus.since(bus.seq + 1) is None, "of another life of the worker"


@pytest.mark.parametrize(
    ("terminal", "looking", "unlocked", "watched"),
    [
        ("ttys003", True, False, True),
        ("ttys003", False, True, True),
        ("ttys003", False, False, False),
        ("", True, False, False),
    ],
)
async def test_a_request_is_seen_where_a_panel_at_a_terminal_follows(
    terminal: str, looking: bool, unlocked: bool, watched: bool
) -> None:
    panels = Panels()
    session = ApproverSession(approver(terminal=terminal), Hands().clock, lambda s, what: None)
    panels.add(session)
    session.looking = looking
    if unlocked:
        session.unlock()
    assert panels.watched is watched
    panels.remove(session)
    assert not panels.watched
    session.close()


async def test_the_screen_s_lock_closes_sessions_at_the_console() -> None:
    hands = Hands()
    changes: list[str] = []
    panels = Panels()

    def session(*, over_ssh: bool) -> ApproverSession:
        one = ApproverSession(
            approver(over_ssh=over_ssh), hands.clock, lambda s, what: changes.append(what)
        )
        panels.add(one)
        one.unlock()
        return one

    console, remote = session(over_ssh=False), session(over_ssh=True)
    states = iter([False, False, True])
    looks = 0

    async def look() -> bool | None:
        nonlocal looks
        looks += 1
        return next(states)

    def locked(state: bool | None) -> None:
        if state:
            panels.screen_locked()

    watch = ScreenWatch(look, lambda: panels.open_at_console, locked, every=0.0)
    watch.changed()
    watch.changed()
    async with asyncio.timeout(5):
        while console.unlocked:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    assert remote.unlocked
    assert looks == 3
    assert changes == ["unlocked", "unlocked", "screen locked"]
    async with asyncio.timeout(5):  # nothing depends on it any more: it stops looking
        while watch.active:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    remote.close()
    assert changes[-1] == "disconnected"
    assert not remote.unlocked


async def test_nobody_watches_for_nothing() -> None:
    async def look() -> bool | None:
        raise AssertionError("nobody asked")

    watch = ScreenWatch(look, lambda: False, lambda locked: None)
    watch.changed()
    await asyncio.sleep(0)
    assert not watch.active
