"""Going through the panes: numbers, tab, filter, details, zoom; grants and the worker's comings."""

from __future__ import annotations

import pytest

from entraclaw_tui.dashboard.details import DetailSheet
from entraclaw_tui.dashboard.layout import PANES
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.model.consent import State
from entraclaw_tui.model.source import Failed
from tests.pilot.conftest import Raise
from tests.support.panel import (
    Stage,
    always,
    grants,
    request,
    requests,
    snapshot,
    sources,
    worker,
)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_number_keys_go_to_their_pane(play: Raise, size: tuple[int, int]) -> None:
    it = await play(size=size)
    for number, name in enumerate(PANES, start=1):
        await it.press(str(number))
        assert it.home.active == name
        assert it.panel.focused is it.home.panes[name]
        assert it.home.panes[name].display


async def test_tab_goes_round(play: Raise) -> None:
    it = await play()
    await it.press("shift+tab")
    assert it.home.active == "logs"
    await it.press("tab")
    assert it.home.active == "requests"


async def test_a_filter_shows_itself_and_ends_with_escape(play: Raise) -> None:
    it = await play()
    await it.press("slash", *"mail", "enter")
    assert it.panel.focused is it.home.requests
    shown = it.text("requests")
    assert "Mail.Read" in shown
    assert "User.Read" not in shown
    assert "/mail" in str(it.home.requests._frame)
    await it.press("escape")
    assert "User.Read" in it.text("requests")


async def test_the_preview_tells_of_the_row_that_a_filter_leaves(play: Raise) -> None:
    it = await play(size=(80, 24))
    assert "mail-helper" in it.text("preview")
    await it.press("slash", *"nowhere")
    assert "shows here" in it.text("preview")
    await it.press("escape")
    assert "mail-helper" in it.text("preview")


async def test_the_cursor_comes_back_to_its_row_when_a_filter_ends(play: Raise) -> None:
    it = await play()
    row = it.home.requests.selected
    await it.press("slash", *"!mail.send")
    assert it.home.requests.selected != row
    await it.press("escape")
    assert it.home.requests.selected == row
    await it.press("d")  # it came back by itself just now
    assert "Press it again" in it.note
    assert it.stage.link.asked == []


async def test_a_cursor_moved_within_a_filter_stays_where_it_was_put(play: Raise) -> None:
    it = await play()
    await it.press("G", "slash", *"mail", "enter", "j")
    row = it.home.requests.selected
    await it.press("escape")
    assert it.home.requests.selected == row


async def test_escape_while_typing_shows_everything_again(play: Raise) -> None:
    it = await play()
    await it.press("slash", *"!mail")
    assert "Mail.Send" not in it.text("requests")
    assert "User.Read" in it.text("requests")
    await it.press("escape")
    assert "Mail.Send" in it.text("requests")
    assert it.panel.focused is it.home.requests


async def test_letters_typed_into_a_filter_decide_nothing(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("slash", *"daDq7")
    assert it.stage.link.asked == []
    assert it.home.active == "requests"


@pytest.mark.parametrize("name", ["grants", "tokens", "keychain", "privacy"])
async def test_enter_tells_everything_about_a_row(play: Raise, name: str) -> None:
    it = await play()
    await it.press(str(PANES.index(name) + 1), "enter")
    assert isinstance(it.panel.screen, DetailSheet)
    await it.press("escape")
    assert it.at_home


@pytest.mark.parametrize("name", ["job", "logs"])
async def test_enter_gives_a_pane_the_window(play: Raise, name: str) -> None:
    it = await play()
    await it.press(str(PANES.index(name) + 1), "enter")
    assert [n for n, pane in it.home.panes.items() if pane.display] == [name]
    assert "Esc" in it.text("keys")
    await it.press("escape")
    assert all(pane.display for pane in it.home.panes.values())


async def test_revoke_ends_the_selected_grant(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("3", "x")
    assert it.stage.link.asked == [("revoke", "g1")]
    assert "Revoked Calendars.Read" in it.note


async def test_an_ended_grant_is_not_revoked_again(play: Raise) -> None:
    it = await play(Stage(first=snapshot(grants=grants()[2:])))
    await it.pass_time(1)
    await it.press("3", "x")
    assert it.stage.link.asked == []
    assert "ended already" in it.note


async def test_revoke_all_asks_first(play: Raise) -> None:
    it = await play()
    await it.press("3", "X")
    assert isinstance(it.panel.screen, ConfirmSheet)
    assert it.stage.link.asked == []
    await it.press("enter")
    assert it.stage.link.asked == []


async def test_help_and_unlock_open_their_sheets(play: Raise) -> None:
    it = await play()
    await it.press("question_mark")
    assert isinstance(it.panel.screen, HelpSheet)
    await it.press("escape", "u")
    assert isinstance(it.panel.screen, UnlockSheet)


async def test_the_palette_does_what_it_lists(play: Raise) -> None:
    it = await play()
    await it.press("colon", *"read everything", "enter")
    assert it.at_home
    assert "Reading everything again." in it.note


async def test_a_worker_that_goes_and_comes_back_is_told(play: Raise) -> None:
    it = await play()
    it.stage.link.lose("The worker closed the connection.")
    await it.pass_time(1)
    assert "The worker is gone." in it.note
    assert "not answering" in it.text("status")
    it.stage.link.tell(snapshot(seq=1, worker=worker(pid=4711)))
    await it.pass_time(1)
    assert "restarted by launchd, pid 4711" in it.note
    assert "worker 4711" in it.text("status")


async def test_a_decision_of_another_panel_is_told(play: Raise) -> None:
    it = await play()
    other = request("r2", state=State.DENIED, decided=0, decided_by="panel 99999 on ttys007")
    it.stage.link.tell(snapshot(seq=11, requests=(requests()[0], other)))
    await it.pass_time(1)
    assert "was denied by panel 99999 on ttys007" in it.note


async def test_a_source_that_breaks_is_a_pane_that_says_so(play: Raise) -> None:
    async def broken() -> Failed:
        raise ZeroDivisionError

    it = await play(Stage(mac=sources(job=broken, keychain=always(Failed("locked", "unlock it")))))
    assert "ZeroDivisionError" in it.text("job")
    assert "locked" in it.text("keychain")
    assert "unlock it" in it.text("keychain")


async def test_what_opens_and_closes_leaves_the_selection(play: Raise) -> None:
    it = await play()
    await it.press("j", "j", "enter", "escape", "8", "1")
    selected = it.home.requests.selected
    assert selected is not None
    assert selected.id == "r3"


async def test_two_hundred_requests_scroll_under_a_header(play: Raise) -> None:
    many = tuple(request(f"q{n:03}", age=1000 - n) for n in range(200))
    it = await play(Stage(first=snapshot(requests=many)))
    await it.press("G")
    lines = it.text("requests").splitlines()
    assert "wants" in lines[0]
    assert lines[-1].startswith("\u25b8")
    await it.press("g")
    assert it.text("requests").splitlines()[1].startswith("\u25b8")


async def test_the_first_wheel_notch_scrolls_and_selects_nothing(play: Raise) -> None:
    many = tuple(request(f"q{n:03}", age=1000 - n) for n in range(50))
    it = await play(Stage(first=snapshot(requests=many)))
    it.home.requests.scroll_rows(3)
    assert it.home.requests.top == 3
    assert it.home.requests.selected is many[0]
