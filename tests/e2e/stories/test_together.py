"""Several panels, and several requests: who decided what, and what the others see."""

from __future__ import annotations

from tests.e2e.stories.conftest import Open
from tests.support.demo import PIN
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


def test_one_decides_and_the_other_sees_it(mac: Mac, panel: Panel, opened: Open) -> None:
    other = opened(mac)
    program, _ = mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    other.opens("User.Read", "mcp-notes")
    panel.press("d")
    panel.sees("Denied. The program has been told")
    program.hears("denied")
    other.sees(r"Denied elsewhere by panel \d+")
    other.press("d")
    other.sees("decided already")


def test_several_are_denied_at_once_after_a_question(mac: Mac, panel: Panel) -> None:
    names = [mac.newcomer("crowd-one"), mac.newcomer("crowd-two")]
    programs = [mac.asks(name, "User.Read")[0] for name in names]
    for name in names:
        panel.finds("User.Read", name)
        panel.press(" ")
        panel.sees(rf"\u2713.*{name}")
    panel.sees("2 marked")
    panel.press("d")
    panel.sees("Sure", "2 requests")
    panel.press("enter")
    panel.sees_no("Sure")
    assert [r["state"] for r in mac.look("requests")] == ["pending", "pending"]
    panel.press("d")
    panel.sees("Sure")
    panel.reads()
    panel.press("y")
    for program in programs:
        program.hears("denied")


def test_high_stays_out_of_what_one_pin_allows(mac: Mac, panel: Panel) -> None:
    low, _ = mac.asks("ide-plugin-entra", "User.Read")
    mac.asks("mail-helper", "Mail.Send")
    for scope, name in (("User.Read", "ide-plugin-entra"), ("Mail.Send", "mail-helper")):
        panel.finds(scope, name)
        panel.press(" ")
    panel.sees("2 marked")
    panel.press("a")
    panel.sees("2 requests together")
    panel.unlocks()
    panel.reads()
    panel.types(PIN)
    panel.sees("1 allowed")
    low.hears("ready")
    assert [r["tier"] for r in mac.look("requests")] == ["high"]


def test_the_history_tells_who_decided_and_how_long_it_took(mac: Mac, panel: Panel) -> None:
    name = mac.newcomer("remembered")
    program, _ = mac.asks(name, "User.Read")
    panel.finds("User.Read", name)
    panel.press("d")
    program.hears("denied")
    panel.press("h")
    panel.sees(rf"{name} +denied +\d+ s")
    panel.press("h")
    panel.sees("ends in")


def test_a_flood_rests_and_moves_nothing(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    panel.finds("User.Read", "mcp-notes")
    chosen = panel.selected.split()[:3]
    flooder = mac.newcomer("flooder")
    scopes = ("User.Read", "Mail.Read", "Calendars.Read", "Contacts.Read", "Files.Read")
    for scope in scopes:
        mac.asks(flooder, scope)
    assert mac.refuses(flooder, "Tasks.Read") == "too_many"
    panel.sees("6 waiting")
    assert panel.selected.split()[:3] == chosen
    panel.leaves()
