"""The agent's pause, at the panel: a question first, and a way back that is named."""

from __future__ import annotations

import msgspec

from entraclaw_tui.dashboard.panel_settings import taken
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from tests.pilot.conftest import Play, Raise
from tests.support.panel import LOCKED, NOW, Stage, snapshot, worker

OPEN = msgspec.structs.replace(LOCKED, unlocked=True, idle_ends_at=NOW + 590)


async def answered(it: Play, *keys: str) -> None:
    """Press the key of the pause, and answer once the question may be answered."""
    await it.press("W")
    sheet = it.panel.screen
    assert isinstance(sheet, ConfirmSheet)
    await it.until(lambda: sheet.armed)
    await it.press(*keys)


async def test_no_leaves_the_agent_at_work(play: Raise) -> None:
    it = await play()
    for no in ("n", "escape", "enter"):
        await answered(it, no)
        assert it.at_home
    assert it.stage.link.asked == []


async def test_yes_pauses_and_the_way_back_is_the_key_as_it_is_now(play: Raise) -> None:
    settings = taken({"keys": {"pause": "f9"}})
    it = await play(Stage(settings=settings))
    await it.press("f9")
    sheet = it.panel.screen
    assert isinstance(sheet, ConfirmSheet)
    asked = " ".join(p.text for line in sheet.lines(70, 20) for p in line)
    assert "until you press f9 again in an unlocked session" in asked
    await it.until(lambda: sheet.armed)
    await it.press("y")
    assert it.stage.link.asked == [("pause",)]
    assert "f9 ends that" in it.note


async def test_a_yes_that_comes_too_early_is_not_lost_in_silence(play: Raise) -> None:
    it = await play()
    await it.press("W", "y")
    sheet = it.panel.screen
    assert isinstance(sheet, ConfirmSheet)
    assert any("Too soon" in p.text for line in sheet.lines(70, 20) for p in line)
    assert it.stage.link.asked == []


async def test_a_pause_that_the_worker_refuses_is_told_with_the_next_step(play: Raise) -> None:
    it = await play()
    it.stage.link.error = WireError(Code.STORAGE, "It cannot be stored now.", "Make room.")
    await answered(it, "y")
    assert "It cannot be stored now. Make room." in it.note
    it.stage.link.error = ConnectionLost("The worker went away.")
    await answered(it, "y")
    assert "The worker went away." in it.note


async def test_a_paused_agent_goes_on_by_the_same_key_in_an_open_session_only(play: Raise) -> None:
    paused = worker(paused=True)
    it = await play(Stage(first=snapshot(worker=paused)))
    await it.press("W")
    assert it.at_home
    assert "Unlock first" in it.note
    it.stage.link.tell(snapshot(seq=11, worker=paused, session=OPEN))
    await it.press("W")
    assert ("resume",) in it.stage.link.asked
    assert "takes requests again" in it.note


async def test_a_panel_that_only_looks_pauses_nothing(play: Raise) -> None:
    it = await play(Stage(readonly=True))
    await it.press("W")
    assert it.at_home
    assert "only looks" in it.note
