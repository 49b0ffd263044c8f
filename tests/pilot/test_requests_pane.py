"""The list of requests: what arrives moves nothing, and keys mean the row that is painted."""

from __future__ import annotations

from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.ipc.errors import ConnectionLost
from entraclaw_tui.model.consent import State
from tests.pilot.conftest import Raise
from tests.support.panel import Stage, request, requests, snapshot


async def test_what_arrives_does_not_move_the_selection(play: Raise) -> None:
    it = await play()
    await it.press("j")
    pane = it.home.requests
    assert pane.selected is not None
    assert pane.selected.id == "r2"
    older = request("r0", age=500, ends=50)
    it.stage.link.tell(snapshot(seq=11, requests=(older, *requests(), request("r9"))))
    await it.pass_time(1)
    assert pane.selected is not None
    assert pane.selected.id == "r2"
    (marked,) = [line for line in it.text("requests").splitlines() if "\u25b8" in line]
    assert "ide-plugin" in marked


async def test_a_key_on_a_row_that_just_came_under_the_cursor_does_nothing(play: Raise) -> None:
    it = await play()
    it.stage.link.tell(snapshot(seq=11, requests=requests()[1:]))
    await it.pass_time(0.1)
    await it.press("d")
    assert it.stage.link.asked == []
    assert "just came under the cursor" in it.note
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == [("decide", "r2", "deny", "")]


async def test_the_cursor_stays_with_those_that_wait(play: Raise) -> None:
    it = await play()
    await it.press("j")
    first, _, *rest = requests()
    denied = request("r2", state=State.DENIED, decided=0, decided_by="somebody")
    it.stage.link.tell(snapshot(seq=11, requests=(first, denied, *rest)))
    await it.pass_time(0.1)
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == "r3"
    await it.press("d")
    assert it.stage.link.asked == []


async def test_the_cursor_goes_to_an_ended_request_by_hand_and_stays(play: Raise) -> None:
    it = await play()
    await it.press("G")
    it.stage.link.tell(snapshot(seq=11))
    await it.pass_time(1)
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == "r5"


async def test_a_first_request_does_not_take_a_key_that_was_on_its_way(play: Raise) -> None:
    it = await play(Stage(first=snapshot(requests=())))
    await it.pass_time(30)
    it.stage.link.tell(snapshot(seq=11, requests=(request("r1"),)))
    await it.pass_time(0.1)
    await it.press("d")
    assert it.stage.link.asked == []


async def test_deny_is_one_key_and_says_what_it_did(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == [("decide", "r1", "deny", "")]
    assert "Denied Mail.Send +1 to mail-helper." in it.note


async def test_deny_always_blocks_the_program_as_well(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("D")
    assert it.stage.link.asked == [
        ("decide", "r1", "deny", ""),
        ("block", "identity /opt/homebrew/bin/mail-helper"),
    ]


async def test_a_denial_that_does_not_arrive_is_said(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    it.stage.link.error = ConnectionLost("The worker closed the connection.")
    await it.press("d")
    assert "The worker closed the connection." in it.note


async def test_deny_with_a_reason_asks_for_it(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("m")
    assert isinstance(it.panel.screen, ReasonSheet)
    assert it.stage.link.asked == []


async def test_allow_only_opens_the_sheet(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("a")
    assert isinstance(it.panel.screen, RequestSheet)
    assert it.stage.link.asked == []
    await it.press("escape")
    assert it.at_home


async def test_enter_opens_the_selected_request(play: Raise) -> None:
    it = await play()
    await it.press("j", "enter")
    assert isinstance(it.panel.screen, RequestSheet)


async def test_a_panel_that_only_looks_denies_nothing_and_says_so(play: Raise) -> None:
    it = await play(Stage(readonly=True))
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == []
    assert "--readonly" in it.note
    assert "deny" not in it.text("keys")


async def test_a_decided_request_takes_no_second_decision(play: Raise) -> None:
    it = await play(Stage(first=snapshot(requests=(request("r4", state=State.FAILED, decided=9),))))
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == []
    assert "This request is over." in it.note


async def test_without_a_worker_keys_say_why(play: Raise) -> None:
    it = await play()
    it.stage.link.lose("The worker closed the connection.")
    await it.pass_time(1)
    await it.press("d")
    assert it.stage.link.asked == []
    assert "The worker closed the connection." in it.note
    assert "waiting" not in it.text("status")


async def test_the_program_is_named_by_the_system_not_by_itself(play: Raise) -> None:
    liar = request("r1", program="/tmp/dropper", name="Microsoft Outlook")
    it = await play(Stage(first=snapshot(requests=(liar,))))
    assert "dropper" in it.text("requests")
    assert "Outlook" not in it.text("requests")


async def test_what_ended_long_ago_leaves_the_list(play: Raise) -> None:
    it = await play()
    assert "delivered" in it.text("requests")
    await it.pass_time(3600)
    it.stage.link.tell(snapshot(seq=11))
    await it.pass_time(1)
    assert "delivered" not in it.text("requests")
