"""Marks in the list of requests: what is marked is decided together, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from entraclaw_tui.dashboard.sheets.batch import BatchSheet
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.model.consent import State
from tests.pilot.conftest import Play, Raise
from tests.support.panel import Stage, request, requests, snapshot


def marked(it: Play) -> list[str]:
    return [r.id for r in it.home.requests.marked]


async def readable(it: Play) -> None:
    """Wait until the question has been there long enough to be answered."""
    sheet = it.panel.screen
    assert isinstance(sheet, ConfirmSheet)
    async with asyncio.timeout(10):
        while not sheet.armed:
            await it.pilot.pause(0.02)


async def test_space_and_v_mark_and_take_the_mark_away(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("space", "v")
    assert marked(it) == ["r1", "r2"]
    assert it.text("requests").count("\u2713") == 2
    assert it.stage.link.asked == []
    await it.press("k", "space")
    assert marked(it) == ["r1"]
    await it.press("escape")
    assert marked(it) == []
    assert "\u2713" not in it.text("requests")


async def test_the_footer_says_to_how_many_a_key_is_done(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    assert " Enter  open " in it.text("keys")
    assert " d  deny " in it.text("keys")
    assert "Esc" not in it.text("keys")
    await it.press("space", "space")
    for told in (" d  deny 2 ", " a  open 2 ", " Esc  unmark "):
        assert told in it.text("keys")
    await it.press("escape")
    assert " d  deny  " in it.text("keys")
    assert "Esc" not in it.text("keys")


async def test_deny_asks_first_and_denies_all_that_are_marked(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("space", "space", "d")
    assert isinstance(it.panel.screen, ConfirmSheet)
    assert it.stage.link.asked == []
    await it.press("enter")
    assert it.at_home
    assert it.stage.link.asked == []
    await it.press("d")
    await readable(it)
    await it.press("y")
    assert it.stage.link.asked == [("decide_many", "deny", "r1", "r2")]
    assert "2 denied." in it.note


async def test_allow_opens_the_sheet_of_all_that_are_marked(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("j", "space", "space", "a")
    assert isinstance(it.panel.screen, BatchSheet)
    await it.press("escape")
    assert it.at_home
    assert marked(it) == ["r2", "r3"]


async def test_enter_opens_the_one_request_even_where_others_are_marked(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("j", "space", "g", "enter")
    assert isinstance(it.panel.screen, RequestSheet)


@pytest.mark.parametrize("key", ["D", "m"])
async def test_what_is_about_one_request_waits_until_none_is_marked(play: Raise, key: str) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("space", key)
    assert it.at_home
    assert it.stage.link.asked == []
    assert "Esc unmarks" in it.note


async def test_what_ended_or_changed_loses_its_mark(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("space", "space", "space")
    first, second, third, *rest = requests()
    denied = request("r1", state=State.DENIED, decided=0)
    changed = request("r2", program="/tmp/other")
    assert (first.id, second.id) == ("r1", "r2")
    it.stage.link.tell(snapshot(seq=11, requests=(denied, changed, third, *rest)))
    await it.pass_time(1)
    assert marked(it) == ["r3"]


async def test_a_row_that_just_came_under_the_cursor_is_not_marked(play: Raise) -> None:
    it = await play()
    it.stage.link.tell(snapshot(seq=11, requests=requests()[1:]))
    await it.pass_time(0.1)
    await it.press("space")
    assert marked(it) == []
    assert "just came under the cursor" in it.note


async def test_an_ended_request_and_a_panel_that_only_looks_mark_nothing(play: Raise) -> None:
    it = await play(Stage(readonly=True))
    await it.pass_time(1)
    await it.press("space")
    assert marked(it) == []
    assert "--readonly" in it.note
