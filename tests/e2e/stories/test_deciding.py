"""Allowing and denying: what it takes, what it refuses, and what the program hears."""

from __future__ import annotations

from tests.e2e.stories.conftest import Open
from tests.support.demo import PIN
from tests.support.story_mac import Mac
from tests.support.story_panel import SSH, Panel


def test_over_ssh_it_takes_the_pin_and_lasts_no_login(mac: Mac, opened: Open) -> None:
    program, _ = mac.asks("mail-helper", "Mail.Read")
    near = opened(mac)
    near.opens("Mail.Read", "mail-helper")
    near.sees(r"\[once\] +15 min +1 hour +until lock")
    far = opened(mac, environment=SSH, below=mac.sshd())
    far.opens("Mail.Read", "mail-helper")
    far.unlocks()
    far.sees("type your PIN", r"\[once\] +15 min +1 hour +t  change")
    for lasts in ("15 min", "1 hour", "once"):  # around once: there is no fourth
        far.press("t")
        far.sees(rf"\[{lasts}\]")
    far.reads()
    far.types(PIN)
    far.sees("Allowed")
    program.hears("ready")


def test_inside_tmux_a_key_alone_allows_nothing(mac: Mac, opened: Open) -> None:
    panel = opened(mac, environment={"TMUX": "/tmp/tmux-501/default,1,0"})
    program, asked = mac.asks("mcp-notes", "User.Read")
    assert asked["tier"] == "low"
    panel.opens("User.Read", "mcp-notes")
    panel.unlocks()
    panel.sees("tmux can press keys, so type your PIN")
    panel.reads()
    panel.press("A")
    panel.sees("A alone is not enough")
    panel.reads()
    panel.types(PIN)
    panel.sees("Allowed")
    program.hears("ready")


def test_three_wrong_codes_deny(mac: Mac, panel: Panel) -> None:
    program, asked = mac.asks("ide-plugin-entra", "Mail.Read", shows_code=True)
    wrong = "11" if asked["match_code"] != "11" else "12"
    panel.opens("Mail.Read", "ide-plugin-entra")
    panel.unlocks()
    for left in ("not (its|the) digits", "not (its|the) digits", "Denied"):
        panel.reads()
        panel.types(wrong)
        panel.sees(left)
    program.hears("denied")


def test_a_reason_reaches_the_program(mac: Mac, panel: Panel) -> None:
    name = mac.newcomer("told-why")
    program, _ = mac.asks(name, "User.Read")
    panel.finds("User.Read", name)
    panel.press("m")
    panel.sees("reason")
    panel.types("Ask me tomorrow")
    ended = program.told("ended")
    assert ended["state"] == "denied"
    assert "Ask me tomorrow" in str(ended)


def test_denied_for_good_it_can_ask_no_more(mac: Mac, panel: Panel) -> None:
    name = mac.newcomer("pushy")
    program, _ = mac.asks(name, "User.Read")
    panel.finds("User.Read", name)
    panel.press("D")
    panel.sees("blocked")
    program.hears("denied")
    assert mac.refuses(name, "User.Read") == "blocked"
    assert mac.look("requests") == []


def test_pasted_text_decides_nothing(mac: Mac, panel: Panel) -> None:
    mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    panel.unlocks()
    panel.reads()
    panel.pastes(f"A\rd{PIN}\r")
    panel.sees("Pasted text decides nothing")
    assert [r["state"] for r in mac.look("requests")] == ["pending"]
    panel.goes_back()


def test_a_program_that_goes_away_takes_its_request_along(mac: Mac, panel: Panel) -> None:
    program, _ = mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    program.ends()
    panel.sees("Withdrawn", "The program that asked went away")
    panel.goes_back()
    panel.leaves()


def test_a_panel_that_only_looks_decides_nothing(mac: Mac, opened: Open) -> None:
    looking = opened(mac, "--readonly")
    mac.asks("mcp-notes", "User.Read")
    looking.finds("User.Read", "mcp-notes")
    assert "d  deny" not in looking.text
    looking.press("d")
    looking.sees("only looks")
    looking.press("enter")
    looking.sees("THE SYSTEM SAYS", "only looks")
    looking.press("A", "d")
    assert [r["state"] for r in mac.look("requests")] == ["pending"]


def test_in_a_small_window_only_no_is_possible(mac: Mac, panel: Panel) -> None:
    program, _ = mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    panel.unlocks()
    panel.resize(60, 15)
    panel.sees("Allow is off below 60x16")
    panel.reads()
    panel.press("A")
    assert [r["state"] for r in mac.look("requests")] == ["pending"]
    panel.resize(80, 24)
    panel.sees("press A|A +allow")
    panel.reads()
    panel.press("A")
    program.hears("ready")


def test_wrong_pins_wait_longer_and_deny_does_not(mac: Mac, panel: Panel) -> None:
    program, _ = mac.asks("report-bot", "User.Read")
    panel.finds("User.Read", "report-bot")
    panel.press("u")
    panel.sees("PIN opens this panel")
    for said in ("Type it again", "Type it again", r"Next try in \d+ s"):
        panel.types("111111")
        panel.sees(f"Wrong PIN. {said}")
        panel.sees("PIN +_ _ _ _ _ _")
    panel.goes_back("PIN opens this panel")
    panel.press("d")
    program.hears("denied")
