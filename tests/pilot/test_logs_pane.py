"""The logs: in order of time, following or held still, however much pours in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from entraclaw_tui.dashboard.logs.log_sources import LogSource
from entraclaw_tui.dashboard.logs.ring import LINES
from entraclaw_tui.dashboard.panes.logs import LogsPane
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.log import LogLine
from tests.pilot.conftest import Play, Raise
from tests.support.panel import NOW, Stage, settle, sources
from tests.support.panel import host as stage_host


def _line(n: int, at: float | None = None) -> LogLine:
    return LogLine(NOW + n / 1000 if at is None else at, "worker", "info", f"line number {n}.")


async def _pour(it: Play, lines: list[LogLine]) -> None:
    it.panel.feeds.logs.put(lines)
    await settle(it.pilot, it.stage)


def _pane(it: Play) -> LogsPane:
    pane = it.home.panes["logs"]
    assert isinstance(pane, LogsPane)
    return pane


def _frame(it: Play) -> str:
    title, subtitle = _pane(it).border_title, _pane(it).border_subtitle
    return f"{title} | {subtitle}"


def _cursor(it: Play) -> str:
    """The line under the cursor, as it is shown."""
    (line,) = (text for text in it.text("logs").splitlines() if text.startswith("\u25b8"))
    return line


async def test_it_follows_what_comes(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    assert it.text("logs").splitlines()[-1].endswith("line number 99.")
    assert "following" in _frame(it)


async def test_it_shows_what_comes_from_a_task_that_began_before_the_screen(play: Raise) -> None:
    said: asyncio.Queue[list[LogLine]] = asyncio.Queue()

    async def follow() -> AsyncIterator[list[LogLine]]:
        while True:
            yield await said.get()

    stage = Stage(mac=sources(logs=(LogSource("worker", "/w.log", follow),)))
    stage.feeds.start()
    it = await play(stage)
    for number in range(3):
        said.put_nowait([_line(number)])
        async with asyncio.timeout(10):
            while f"line number {number}." not in it.text("logs"):
                await it.pilot.pause(0.01)


async def test_held_still_it_does_not_move_and_counts_what_is_new(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "k", "k")
    before = it.text("logs")
    assert _cursor(it).endswith("line number 97.")
    await _pour(it, [_line(n) for n in range(100, 160)])
    assert it.text("logs") == before
    assert "paused, 60 new" in _frame(it)
    await it.press("G")
    assert it.text("logs").splitlines()[-1].endswith("line number 159.")
    assert "following" in _frame(it)


async def test_held_still_it_does_not_move_when_old_lines_fall_out(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(LINES)])
    await it.press("8", "k", "k", "pageup")
    before = it.text("logs")
    await _pour(it, [_line(LINES + n) for n in range(500)])
    assert it.text("logs") == before


async def test_held_still_it_does_not_move_when_older_lines_come_late(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "k", "k")
    before = it.text("logs")
    await _pour(it, [_line(n, at=NOW - 50 + n / 1000) for n in range(200, 240)])
    assert it.text("logs") == before


async def test_the_ring_keeps_the_last_lines(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(LINES)])
    await _pour(it, [_line(n) for n in range(LINES, LINES + 5000)])
    assert _pane(it).listed() == (LINES, LINES)
    await it.press("8", "g")
    assert it.text("logs").splitlines()[0].endswith("line number 5000.")


async def test_logs_of_several_clocks_stand_in_order(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(5), _line(1), _line(3)])
    await _pour(it, [_line(4), LogLine(None, "agent err", "warning", "no time at all")])
    told = [line.rpartition("line number ")[2] for line in it.text("logs").splitlines()]
    assert [t for t in told if t in ("1.", "3.", "4.", "5.")] == ["1.", "3.", "4.", "5."]


async def test_moving_down_to_the_last_line_follows_again(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "k", "k", "j")
    assert "paused" in _frame(it)
    await it.press("j")
    assert "following" in _frame(it)
    await it.press("f")
    assert "paused" in _frame(it)
    await it.press("pageup", "pageup", "end")
    assert "following" in _frame(it)


async def test_wrapping_shows_the_whole_of_a_long_line(play: Raise) -> None:
    it = await play(size=(80, 24))
    await it.press("8")
    await _pour(it, [LogLine(NOW + 9, "worker", "info", "word " * 60 + "end.")])
    assert "end." not in it.text("logs")
    await it.press("w")
    assert "end." in it.text("logs")
    await it.press("w")
    assert "end." not in it.text("logs")


async def test_long_lines_are_read_to_their_end_by_moving_sideways(play: Raise) -> None:
    it = await play(size=(80, 24))
    await it.press("8")
    await _pour(it, [LogLine(NOW + 9, "worker", "info", "x" * 100 + "the end")])
    assert "the end" not in it.text("logs")
    await it.press("right", "right", "right")
    assert "the end" in it.text("logs")
    assert "60 columns to the right" in _frame(it)
    await it.press("left", "left", "left")
    assert "the end" not in it.text("logs")


async def test_a_filter_shows_what_passes_also_of_what_comes_later(play: Raise) -> None:
    it = await play()
    await it.press("8", "ampersand", *"number 7", "enter")
    await _pour(it, [_line(n) for n in range(10)])
    assert it.text("logs").split("\n")[0].endswith("line number 7.")
    assert 'only "number 7"' in _frame(it)
    assert "1 of 18" in _frame(it)
    await it.press("escape")
    assert "only" not in _frame(it)


async def test_a_filter_turned_around_leaves_out(play: Raise) -> None:
    it = await play()
    await _pour(it, [_line(n) for n in range(10)])
    await it.press("8", "ampersand", *"!number", "enter")
    assert "line number" not in it.text("logs")
    assert 'without "number"' in _frame(it)


async def test_errors_alone(play: Raise) -> None:
    it = await play(size=(120, 40))
    await it.press("8", "e")
    assert "warnings and errors" in _frame(it)
    assert _pane(it).listed()[0] == 2
    await it.press("e")
    assert _pane(it).listed()[0] == 1
    await it.press("e")
    assert _pane(it).listed()[0] == 8


async def test_search_goes_from_hit_to_hit_and_says_where_it_begins_anew(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "slash", *"NUMBER 3", "enter")
    assert _cursor(it).endswith("line number 39.")
    assert "Hit 11 of 11" in it.note
    await it.press("N")
    assert "Hit 10 of 11" in it.note
    assert _cursor(it).endswith("line number 38.")
    await it.press("n", "n")
    assert _cursor(it).endswith("line number 3.")
    assert "last hit; this is the first of 11" in it.note
    await it.press("escape")
    assert "/NUMBER" not in _frame(it)


async def test_a_hit_beyond_the_edge_shows_itself_and_the_lines_around_it_stay(play: Raise) -> None:
    it = await play(size=(80, 24))
    await _pour(it, [LogLine(NOW + n, "worker", "info", "x" * 90 + f" pid {n}") for n in range(9)])
    await it.press("8", "slash", *"pid 7", "enter")
    assert "pid 7" in _cursor(it)
    assert sum("pid" in line for line in it.text("logs").splitlines()) == 1
    await it.press("k")
    assert "pid" not in it.text("logs")


async def test_a_filter_that_is_typed_does_not_lose_the_line_under_the_cursor(play: Raise) -> None:
    it = await play(size=(120, 40))
    words = ["apple tart", "fig jam", "apple pie", "date cake", "plum cake", "kiwi"]
    lines = [LogLine(NOW + n, "worker", "info", f"{w} {n}") for n, w in enumerate(words * 5)]
    await _pour(it, lines)
    await it.press("8", "G", *"k" * 15)
    assert _cursor(it).endswith("apple pie 14")
    # Each of these letters hides the line for a while; the last one shows it again.
    await it.press("ampersand", *"kiwi", *["backspace"] * 4, *"!a", *["backspace"] * 2, *"pie")
    await it.press("enter")
    assert _cursor(it).endswith("apple pie 14")
    await it.press("ampersand", *["backspace"] * 3, *"!apple", "enter")
    assert _cursor(it).endswith("date cake 15")
    # Whoever goes on from there stays there.
    await it.press("escape")
    assert _cursor(it).endswith("date cake 15")


async def test_enter_alone_searches_again_for_what_was_searched_before(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "slash", *"number 7", "enter", "escape", "slash", "enter")
    assert "/number 7" in _frame(it)
    assert "Hit 11 of 11" in it.note


async def test_pages_turn_by_the_keys_of_less(play: Raise) -> None:
    it = await play(size=(80, 24))
    await _pour(it, [_line(n) for n in range(200)])
    await it.press("8", "g")
    first = it.text("logs")
    for down, up in (("space", "b"), ("ctrl+f", "ctrl+b"), ("pagedown", "pageup")):
        await it.press(down)
        assert it.text("logs").splitlines()[2][2:] not in first
        await it.press(up)
        assert [line[2:] for line in it.text("logs").splitlines()] == [
            line[2:] for line in first.splitlines()
        ]


async def test_a_search_without_hits_says_so_and_stays(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [_line(n) for n in range(100)])
    await it.press("8", "k", "n")
    assert "/ asks" in it.note
    await it.press("slash", *"zebra", "enter")
    assert "zebra" in it.note
    assert _cursor(it).endswith("line number 98.")


async def test_pasted_text_is_only_searched_for(play: Raise) -> None:
    from textual import events

    it = await play(size=(120, 40))
    await it.press("8", "slash")
    focused = it.panel.focused
    assert focused is not None
    focused.post_message(events.Paste("a\nA\nqqq"))
    await settle(it.pilot, it.stage)
    assert it.at_home
    assert it.stage.link.asked == []
    await it.press("escape")


async def test_a_time_is_gone_to(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [LogLine(NOW - 3600 + n, "worker", "info", f"second {n}.") for n in range(600)])
    await it.press("8", "t", *"58m", "enter")
    assert _cursor(it).endswith("second 120.")
    await it.press("t", *"25:99", "enter")
    assert "No time" in it.note
    await it.press("t", *"9h", "enter")
    assert "begin after" in it.note


async def test_enter_unfolds_a_line_in_its_place(play: Raise) -> None:
    it = await play(size=(120, 40))
    raw = '{"at":1,"level":"info","origin":"worker","message":"m","client":"mcp-notes"}'
    await _pour(it, [LogLine(NOW, "worker", "info", "m client=mcp-notes", raw), _line(1)])
    await it.press("8", "k", "enter", "enter")
    assert "client        mcp-notes" in it.text("logs")
    await it.press("enter")
    assert "client        mcp-notes" not in it.text("logs")


async def test_a_line_taller_than_the_window_can_be_read_through(play: Raise) -> None:
    it = await play(size=(80, 24))
    fields = ",".join(f'"field{n}":"v{n}"' for n in range(60))
    await _pour(it, [LogLine(NOW, "worker", "info", "m", f'{{"message":"m",{fields}}}'), _line(1)])
    await it.press("8", "k", "enter")
    assert "field59" not in it.text("logs")
    await it.press(*["j"] * 50)
    assert "field59" in it.text("logs")


async def test_sources_are_switched_one_by_one(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [LogLine(NOW, "launchd", "info", "from launchd"), _line(1)])
    await it.press("8", "s", "1", "escape")
    assert "line number" not in it.text("logs")
    assert "from launchd" in it.text("logs")
    assert "no worker" in _frame(it)
    await it.press("s", "a", "escape")
    assert "line number" in it.text("logs")


async def test_a_resize_keeps_the_line_that_is_read(play: Raise) -> None:
    it = await play(size=(120, 40))
    await _pour(it, [_line(n) for n in range(300)])
    await it.press("8", "z", "pageup", "pageup", "w")
    before = _cursor(it)[2:]
    for width, height in ((80, 24), (60, 15), (140, 50)):
        await it.pilot.resize_terminal(width, height)
        await settle(it.pilot, it.stage)
        assert _cursor(it)[2:] == before


async def test_a_log_that_cannot_be_read_says_why_in_the_stream(play: Raise) -> None:
    async def refuse() -> AsyncIterator[list[LogLine]]:
        for number in (13,):
            raise PermissionError(number, "Permission denied")
        yield []

    stage = Stage(mac=sources(logs=(LogSource("launchd", "/var/l.log", refuse),)))
    it = await play(stage)
    assert "/var/l.log cannot be read: Permission denied." in it.text("logs")
    assert "1 log not read" in _frame(it)
    await it.press("8", "s")
    assert not it.at_home


async def test_every_key_is_harmless_where_there_is_no_line(play: Raise) -> None:
    it = await play(Stage(mac=sources(logs=())), size=(80, 24))
    await it.press("8", *"jkfGgnNewcSz", "enter", "pageup", "pagedown", "left", "right", "z")
    await it.press("slash", *"x", "enter", "t", *"5m", "enter", "s", "escape")
    assert "No line" in it.text("logs")
    assert it.at_home


async def test_a_saved_file_is_for_the_person_alone_and_its_place_is_told(
    play: Raise, tmp_path: Path
) -> None:
    it = await play(size=(120, 40))
    desk = it.panel.desk
    it.panel.desk = structs.replace(desk, host=structs.replace(desk.host, home=tmp_path))
    hostile = LogLine(NOW, "worker", "error", "bad \x1b[2J \u202e name\nnext")
    await _pour(it, [hostile, _line(1)])
    await it.press("8", "ampersand", *"bad", "enter", "S")
    async with asyncio.timeout(10):
        while "Saved 1 line to" not in it.note:
            await it.pilot.pause(0.01)
    (path,) = (tmp_path / ".config/entraclaw/saved").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    head, line = path.read_text().splitlines()
    assert head == '# 1 line of the logs: only "bad"'
    assert line.endswith("worker     error    bad <U+001B>[2J <U+202E> name<U+000A>next")
    await it.press("S")
    async with asyncio.timeout(10):
        while len(list(path.parent.iterdir())) < 2:
            await it.pilot.pause(0.01)


async def test_the_line_is_copied_as_it_was_written(
    play: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []

    async def copy(host: Host, text: str) -> None:
        copied.append(text)

    monkeypatch.setattr("entraclaw_tui.macos.clipboard.copy", copy)
    it = await play(size=(120, 40))
    raw = '{"message":"m","client":"mcp-notes"}'
    await _pour(it, [LogLine(NOW, "worker", "info", "m client=mcp-notes", raw)])
    await it.press("8", "c")
    assert copied == [raw]
    assert "Copied the line." in it.note
    assert "paused" in _frame(it)  # the line that was copied is the one that stays marked


async def test_rotation_and_cutting_are_told_in_the_stream(play: Raise, tmp_path: Path) -> None:
    from entraclaw_tui.dashboard.logs.log_sources import of_mac
    from entraclaw_tui.macos.places import Places

    here = structs.replace(stage_host(), root=tmp_path, home=tmp_path / "Users/demo")
    log = Places.of(here).worker_log
    log.parent.mkdir(parents=True)
    log.write_text("before\n")
    worker = next(s for s in of_mac(here, Places.of(here)) if s.origin == "worker")
    it = await play(Stage(mac=sources(logs=(worker,))), size=(120, 40))

    async def shows(words: str) -> None:
        async with asyncio.timeout(10):
            while words not in it.text("logs"):
                await it.pilot.pause(0.02)

    await shows("before")
    log.rename(log.with_name("worker.log.1"))
    log.write_text("after\n")
    await shows("worker.log was renamed and begun anew.")
    await shows("after")
    log.write_text("x\n")
    await shows("worker.log was cut.")
