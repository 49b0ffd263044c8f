"""Requests as an inbox: words that narrow it down, and the history of what was decided."""

from __future__ import annotations

from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.model.consent import State
from tests.pilot.conftest import Play, Raise
from tests.support.panel import request, requests, snapshot


def cursor(it: Play) -> int:
    """The line of the screen that the cursor stands on."""
    lines = it.text("requests").splitlines()
    (at,) = [n for n, line in enumerate(lines) if "\u25b8" in line]
    return at


async def test_words_narrow_the_list_down(play: Raise) -> None:
    it = await play()
    await it.press("slash", *"tier:medium state:waiting", "enter")
    shown = it.text("requests")
    assert "Mail.Read" in shown
    assert "Mail.Send" not in shown
    assert "Files.Read" not in shown
    assert "/tier:medium state:waiting" in str(it.home.requests.border_title)
    await it.press("escape")
    assert "Mail.Send" in it.text("requests")


async def test_what_is_marked_stays_in_sight_whatever_is_filtered(play: Raise) -> None:
    it = await play()
    await it.pass_time(1)
    await it.press("space", "slash", *"client:ide-plugin", "enter")
    assert "Mail.Send" in it.text("requests")
    assert "User.Read" not in it.text("requests")


async def test_help_says_how_fields_are_named(play: Raise) -> None:
    it = await play(size=(120, 50))
    await it.press("question_mark")
    assert isinstance(it.panel.screen, HelpSheet)
    told = "\n".join("".join(p.text for p in line) for line in it.panel.screen.lines(80, 60))
    for word in ("/tier:high", "/client:mail", "/state:denied"):
        assert word in told


async def test_the_history_tells_outcome_time_and_who(play: Raise) -> None:
    it = await play()
    denied = request(
        "r0", age=900, state=State.DENIED, decided=893, decided_by="panel 4711 on ttys003"
    )
    late = request("r6", age=9000, ends=-8000, state=State.EXPIRED)
    it.stage.link.tell(snapshot(seq=11, requests=(late, denied, *requests())))
    await it.press("h")
    (line,) = [line for line in it.text("requests").splitlines() if "denied" in line]
    assert "7 s" in line
    assert "panel 4711 on ttys003" in line
    (line,) = [line for line in it.text("requests").splitlines() if "expired" in line]
    assert "nobody" in line
    assert it.shows("requests", "findings") == [True, False]
    await it.press("escape")
    assert "expired" not in it.text("requests")
    assert it.shows("requests", "findings") == [True, True]


async def test_going_to_the_history_and_back_keeps_the_selected_request(play: Raise) -> None:
    it = await play()
    await it.press("j", "h")
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == "r2"
    await it.press("h")
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == "r2"


async def test_nothing_moves_a_row_of_the_history(play: Raise) -> None:
    it = await play()
    await it.press("h", "j", "j")
    selected, line = it.home.requests.selected, cursor(it)
    assert selected is not None
    _first, *rest = requests()
    ended = request("r1", age=18, state=State.CANCELLED, decided=0)
    it.stage.link.tell(snapshot(seq=11, requests=(ended, *rest, request("r9", age=0))))
    await it.pass_time(1)
    assert it.home.requests.selected is not None
    assert it.home.requests.selected.id == selected.id
    assert cursor(it) == line
    assert "cancelled" in it.text("requests")


async def test_a_request_of_the_history_opens(play: Raise) -> None:
    it = await play()
    await it.press("h", "g", "enter")
    assert isinstance(it.panel.screen, RequestSheet)
    await it.press("escape")
    assert it.at_home
    assert "History" in str(it.home.requests.border_title)
