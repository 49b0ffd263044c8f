"""The mouse presses what it clicks, and what was said can be read again."""

from __future__ import annotations

from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from tests.pilot.conftest import Play, Raise


async def click(it: Play, label: str) -> None:
    """Click a key's label in the footer."""
    await it.pilot.click("#keys", offset=(it.text("keys").index(label) + 1, 0))
    await it.press()


async def test_a_click_on_a_key_presses_it(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await click(it, "deny")
    assert it.stage.link.asked == [("decide", "r1", "deny", "")]
    await click(it, "Enter")
    assert isinstance(it.panel.screen, RequestSheet)
    await it.press("escape")
    await click(it, "help")
    assert isinstance(it.panel.screen, HelpSheet)


async def test_a_click_on_a_range_of_keys_presses_none(play: Raise) -> None:
    it = await play()
    await click(it, "panes")
    assert it.at_home
    assert it.home.active == "requests"


async def test_a_click_beside_the_keys_or_while_text_is_typed_does_nothing(play: Raise) -> None:
    it = await play()
    await it.pilot.click("#keys", offset=(119, 0))
    await it.press("slash", "m")
    await it.pilot.click("#keys", offset=(10, 0))
    assert it.stage.link.asked == []
    assert it.at_home


async def test_what_was_said_can_be_read_again_the_newest_first(play: Raise) -> None:
    it = await play()
    await it.press("r")
    await it.pass_time(60)
    await it.press("h", "M")
    sheet = it.panel.screen
    assert isinstance(sheet, DetailSheet)
    told = ["".join(p.text for p in line) for line in sheet.lines(90, 40)]
    (first, second) = (line for line in told if line)
    assert "Every request" in first
    assert "Reading everything again." in second
    await it.press("escape")
    assert it.at_home
