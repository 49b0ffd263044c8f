"""Keys that come faster than the screen changes mean what they would mean slowly."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.command import Hits
from textual.keys import _character_to_key
from textual.widgets import Input

from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.palette import ActionProvider
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.model.log import LogLine
from tests.pilot.conftest import Play, Raise
from tests.support.panel import NOW

_NAMED = {"\r": "enter", "\x1b": "escape"}


def _send(it: Play, keys: str) -> None:
    """Send keys at once, as a terminal does that was busy: none waits for the one before."""
    for character in keys:
        name = _NAMED.get(character) or _character_to_key(character)
        it.panel.post_message(events.Key(name, None if character in _NAMED else character))


async def _rounds(number: int) -> None:
    """Let everything that is under way go a little further."""
    for _ in range(number):
        await asyncio.sleep(0)


async def _burst(it: Play, keys: str) -> None:
    _send(it, keys)
    await it.settled()


async def test_a_filter_typed_at_once_denies_nothing(play: Raise) -> None:
    it = await play()
    await _burst(it, "/dDmax")
    assert it.stage.link.asked == []
    assert it.at_home
    assert it.home.panes["requests"].sought == "dDmax"
    await _burst(it, "\x1b")
    assert it.home.panes["requests"].sought == ""


async def test_what_follows_enter_at_once_is_for_the_pane(play: Raise) -> None:
    it = await play()
    lines = [LogLine(NOW + n, "worker", "info", f"line number {n}.") for n in range(50)]
    it.panel.feeds.logs.put(lines)
    await it.settled()
    await it.press("8")
    await _burst(it, "/number 3\rNN")
    (cursor,) = (text for text in it.text("logs").splitlines() if text.startswith("\u25b8"))
    assert cursor.endswith("line number 37.")
    await _burst(it, "&!number\rf")
    assert it.home.panes["logs"].sought == "!number"
    await _burst(it, "\x1b\x1bt5m\r")
    assert it.home.panes["logs"].sought == ""


async def test_keys_after_a_filter_was_left_work_again(play: Raise) -> None:
    it = await play()
    await _burst(it, "/mail\rd")
    assert it.home.panes["requests"].sought == "mail"
    # The row is new under the cursor, so that the key is heard and not obeyed.
    assert "Press it again" in it.note
    assert it.stage.link.asked == []


async def test_a_key_right_behind_a_pane_s_number_is_for_that_pane(play: Raise) -> None:
    it = await play()
    await _burst(it, "8d")
    assert it.stage.link.asked == []
    await _burst(it, "1")
    await _burst(it, "8z")
    assert it.home.zoomed


@pytest.mark.parametrize("gap", [0, 1, 2])
@pytest.mark.parametrize("rounds", [1, 2, 5])
async def test_letters_keep_their_order_while_a_line_to_type_in_opens(
    play: Raise, rounds: int, gap: int
) -> None:
    it = await play()
    _send(it, "/")
    await _rounds(rounds)
    for letter in "needle":  # some are on their way to the pane when the line takes over
        _send(it, letter)
        await _rounds(gap)
    await it.settled()
    assert it.home.panes["requests"].sought == "needle"


async def test_a_paste_right_behind_the_key_comes_after_it(play: Raise) -> None:
    it = await play()
    _send(it, "/n")
    it.panel.post_message(events.Paste("eedle"))
    await it.settled()
    assert it.home.panes["requests"].sought == "needle"


async def test_a_command_typed_at_once_is_all_for_the_palette(play: Raise) -> None:
    it = await play()
    await _burst(it, ":deny")
    assert it.panel.screen.query_one(Input).value == "deny"
    assert it.stage.link.asked == []


async def test_enter_right_behind_a_command_s_name_runs_that_command(
    play: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = ActionProvider.search

    async def slow(self: ActionProvider, query: str) -> Hits:
        await asyncio.sleep(0.05)
        async for hit in find(self, query):
            yield hit

    monkeypatch.setattr(ActionProvider, "search", slow)
    it = await play()
    await _burst(it, ":messages\r")
    await it.until(lambda: isinstance(it.panel.screen, (DetailSheet, RequestSheet)))
    assert isinstance(it.panel.screen, DetailSheet)
    assert it.stage.link.asked == []


async def test_keys_go_on_when_the_widget_that_had_them_is_gone(play: Raise) -> None:
    it = await play()
    await it.press("/")
    bar = it.panel.focused
    assert bar is not None
    _send(it, "x")
    bar.remove()
    _send(it, "8")
    await it.until(lambda: it.home.active == "logs")


async def test_escape_is_heard_with_a_letter_right_behind_it(play: Raise) -> None:
    it = await play()
    await it.press("8", "z")
    assert it.shows("requests") == [False]
    # What Textual makes of ESC, d and j in one read.
    it.panel.post_message(events.Key("alt+d", "d"))
    it.panel.post_message(events.Key("j", "j"))
    await it.settled()
    assert it.shows("requests") == [True]
    assert it.stage.link.asked == []


async def test_keys_pressed_in_the_moment_of_leaving_break_nothing(play: Raise) -> None:
    it = await play()
    _send(it, "jqj8d/x")
    await it.until(lambda: not it.panel.is_running)
    assert it.panel.return_code == 0
    assert it.stage.link.asked == []
