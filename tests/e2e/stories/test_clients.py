"""Who may ask at all: blocked and back again, and the whole agent paused."""

from __future__ import annotations

from tests.support.demo import until
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


def test_denied_for_good_and_taken_back(mac: Mac, panel: Panel) -> None:
    name = mac.newcomer("too-eager")
    program, _ = mac.asks(name, "User.Read")
    panel.finds("User.Read", name)
    panel.press("D")
    panel.sees("blocked from now on. B takes that back")
    program.hears("denied")
    assert mac.refuses(name, "User.Read") == "blocked"
    panel.press("B")
    panel.sees(rf"\u25b8 {name[:12]}\S* +blocked")
    panel.press("x")
    panel.sees("Unlock first")
    panel.unlocks()
    panel.press("x")
    panel.sees("may ask again")
    panel.goes_back("Clients")
    _, asked = mac.asks(name, "User.Read")
    assert asked["state"] == "pending"


def test_paused_and_resumed(mac: Mac, panel: Panel) -> None:
    name = mac.newcomer("patient")
    panel.press("W")
    panel.sees("Pause the agent")
    panel.reads()
    panel.press("y")
    panel.sees("Paused: every program is refused")
    assert mac.refuses(name, "User.Read") == "paused"
    panel.press("W")
    panel.sees("Unlock first")
    panel.unlocks()
    panel.press("W")
    panel.sees("takes requests again")
    until(lambda: mac.look("status")["worker"]["paused"] is False, "the worker to go on")
    _, asked = mac.asks(name, "User.Read")
    assert asked["state"] == "pending"
