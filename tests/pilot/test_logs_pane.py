"""The logs: in order of time, following or held still, however much pours in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from entraclaw_tui.dashboard.feeds import LOG_LINES
from entraclaw_tui.model.log import LogLine
from tests.pilot.conftest import Play, Raise
from tests.support.panel import NOW, Stage, settle, sources


def _line(n: int, at: float | None = None) -> LogLine:
    return LogLine(NOW + n if at is None else at, "worker", "info", f"line number {n}.")


async def _pour(it: Play, lines: list[LogLine]) -> None:
    it.panel.feeds._log(lines)
    await settle(it.pilot, it.stage)


async def test_it_follows_what_comes(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    assert it.text("logs").splitlines()[-1].endswith("line number 99.")


async def test_it_shows_what_comes_from_a_task_that_began_before_the_screen(play: Raise) -> None:
    said: asyncio.Queue[list[LogLine]] = asyncio.Queue()

    async def follow() -> AsyncIterator[list[LogLine]]:
        while True:
            yield await said.get()

    stage = Stage(mac=sources(logs=(follow,)))
    stage.feeds.start()
    it = await play(stage)
    for number in range(3):
        said.put_nowait([_line(number)])
        async with asyncio.timeout(10):
            while f"line number {number}." not in it.text("logs"):
                await it.pilot.pause(0.01)


async def test_held_still_it_does_not_move(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "k", "k")
    before = it.text("logs")
    await _pour(it, [_line(n) for n in range(100, 160)])
    assert it.text("logs") == before
    assert "paused, 60 new" in str(it.home.panes["logs"]._frame)
    await it.press("G")
    assert it.text("logs").splitlines()[-1].endswith("line number 159.")


async def test_held_still_it_does_not_move_when_old_lines_fall_out(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(LOG_LINES)])
    await it.press("8", "k", "k", "pageup")
    before = it.text("logs")
    await _pour(it, [_line(LOG_LINES + n) for n in range(500)])
    assert it.text("logs") == before


async def test_the_ring_keeps_the_last_lines(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(3 * LOG_LINES)])
    logs = it.home.panes["logs"]
    assert logs.count() == LOG_LINES
    await it.press("8", "g")
    assert it.text("logs").splitlines()[0].endswith(f"line number {2 * LOG_LINES}.")


async def test_logs_of_several_clocks_stand_in_order(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(5), _line(1), _line(3)])
    await _pour(it, [_line(4), LogLine(None, "agent err", "warning", "no time at all")])
    told = [line.rpartition("line number ")[2] for line in it.text("logs").splitlines()]
    assert [t for t in told if t and t[0].isdigit() and t.endswith(".") and len(t) == 2] == [
        "1.",
        "3.",
        "4.",
        "5.",
    ]


async def test_wrapping_shows_the_whole_of_a_long_line(play: Raise) -> None:
    it = await play(size=(80, 24))
    await it.press("8")
    await _pour(it, [LogLine(NOW + 9, "worker", "info", "word " * 60 + "end.")])
    assert "end." not in it.text("logs")
    await it.press("w")
    assert "end." in it.text("logs")
    await it.press("w")
    assert "end." not in it.text("logs")


async def test_a_filter_also_holds_for_what_comes_later(play: Raise) -> None:
    it = await play()
    await it.press("8", "slash", *"number 7", "enter")
    await _pour(it, [_line(n) for n in range(10)])
    assert it.text("logs").split("\n")[0].endswith("line number 7.")
    assert it.home.panes["logs"].listed()[0] == 1
