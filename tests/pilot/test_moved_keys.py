"""Keys that the settings moved, letters that jump, and the other settings of the panel."""

from __future__ import annotations

import re

import pytest

from entraclaw_tui.dashboard.action_table import ACTIONS
from entraclaw_tui.dashboard.keymap import PLAIN
from entraclaw_tui.dashboard.panel_settings import PanelSettings, taken
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from tests.pilot.conftest import Play, Raise
from tests.support.panel import Stage, request, requests, snapshot


def moved(**keys: str) -> PanelSettings:
    return taken({"keys": {id.replace("__", "."): key for id, key in keys.items()}})


async def test_a_moved_key_works_and_its_old_place_does_not(play: Raise) -> None:
    it = await play(Stage(settings=moved(requests__deny="ctrl+d")))
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == []
    await it.press("ctrl+d")
    assert it.stage.link.asked == [("decide", "r1", "deny", "")]


async def test_footer_and_help_tell_the_key_that_works(play: Raise) -> None:
    it = await play(Stage(settings=moved(requests__deny="ctrl+d", refresh="f5")))
    assert " ctrl+d  deny" in it.text("keys")
    await it.press("question_mark")
    sheet = it.panel.screen
    assert isinstance(sheet, HelpSheet)
    told = ["".join(p.text for p in line).split() for line in sheet.lines(80, 80)]
    assert ["ctrl+d", "Deny"] in [words[:2] for words in told]
    assert ["f5", "Read"] in [words[:2] for words in told]


async def test_texts_that_name_a_key_name_the_one_that_works(play: Raise) -> None:
    keys = moved(requests__deny="ctrl+d", requests__allow="f6", clients="f7", logs__next="f8")
    it = await play(Stage(settings=keys))
    await it.press("question_mark")
    sheet = it.panel.screen
    assert isinstance(sheet, HelpSheet)
    told = " ".join("".join(p.text for p in line).strip() for line in sheet.lines(120, 80))
    assert "then ctrl+d denies all that are marked, f6 opens them together" in told
    await it.press("escape")
    await it.pass_time(1)
    await it.press("D")
    assert "f7 takes that back" in it.note
    await it.press("8", "slash", *"a", "enter")
    assert "f8 and N go" in it.note


def test_every_key_that_a_help_text_names_is_there() -> None:
    for action in ACTIONS:
        for id in re.findall(r"\{([a-z_.]+)\}", action.help):
            assert PLAIN.shown(id)
        assert "{" not in PLAIN.of(action).help


async def test_a_clash_is_said_and_leaves_the_key_where_it_was(play: Raise) -> None:
    it = await play(Stage(settings=moved(requests__deny="r")))
    assert "r is refresh already" in it.note
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == [("decide", "r1", "deny", "")]


def letter_of(it: Play, pane: str, word: str) -> str:
    (line,) = [line for line in it.text(pane).splitlines() if word in line]
    return line[0]


async def test_a_letter_goes_to_its_row_in_any_pane(play: Raise) -> None:
    it = await play()
    await it.press("J")
    await it.press(letter_of(it, "requests", "ide-plugin"))
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == "r2"
    await it.press("J")
    await it.press(letter_of(it, "grants", "until lock"))
    assert it.home.active == "grants"
    assert letter_of(it, "requests", "ide-plugin") == " "


async def test_while_letters_stand_there_a_key_decides_nothing(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("J", "d")
    assert it.stage.link.asked == []
    await it.press("J", "escape", "J", "7")
    assert it.home.active == "tokens"


async def test_the_bell_rings_for_a_new_request_if_that_was_chosen(
    play: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in (False, True):
        stage = Stage(settings=PanelSettings(bell=chosen))
        rung: list[int] = []
        monkeypatch.setattr(stage.panel, "bell", lambda rung=rung: rung.append(1))
        it = await play(stage)
        stage.link.tell(snapshot(seq=11, requests=(*requests(), request("r9"))))
        await it.pass_time(1)
        stage.link.tell(snapshot(seq=12, requests=(*requests(), request("r9"))))
        await it.pass_time(1)
        assert len(rung) == chosen


async def test_compact_rows_need_no_titles(play: Raise) -> None:
    it = await play(Stage(settings=taken({"looks": {"density": "compact"}})))
    assert "client" not in it.text("requests")
    assert "mail-helper" in it.text("requests")
