"""What a yes for a while means, and how it is taken back."""

from __future__ import annotations

from tests.support.demo import PIN
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


def allows_for_a_while(mac: Mac, panel: Panel, name: str, scope: str) -> None:
    """Let a known program have a token, and the next one without a question."""
    program, asked = mac.asks(name, scope)
    panel.opens(scope, name)
    panel.unlocks()
    panel.press("t")
    panel.sees(r"\[15 min\]")
    panel.reads()
    panel.press("A") if asked["tier"] == "low" else panel.types(PIN)
    panel.sees("Allowed")
    program.hears("ready")
    panel.goes_back()


def test_a_grant_asks_nobody_until_it_is_revoked(mac: Mac, panel: Panel) -> None:
    allows_for_a_while(mac, panel, "mail-helper", "Mail.Read")
    _, asked = mac.asks("mail-helper", "Mail.Read")
    assert asked["state"] == "ready"
    panel.press("3")
    panel.sees("mail-helper", r"1 (live|grant)|Mail\.Read")
    panel.reads()
    panel.press("x")
    panel.sees(r"\u25b8 ended +Mail\.Read +mail-helper")
    _, asked = mac.asks("mail-helper", "Mail.Read")
    assert asked["state"] == "pending"


def test_revoking_all_asks_first_and_cancel_is_cancel(mac: Mac, panel: Panel) -> None:
    allows_for_a_while(mac, panel, "ide-plugin-entra", "User.Read")
    panel.press("3")
    panel.sees("ide-plugin-ent")
    panel.press("X")
    panel.sees("Sure", "Enter +cancel")
    panel.press("enter")
    panel.sees_no("Sure")
    assert [g["client_name"] for g in mac.look("grants") if not g["ended_at"]] == [
        "ide-plugin-entra"
    ]
    panel.press("X")
    panel.sees("Sure")
    panel.reads()
    panel.press("y")
    panel.sees("0 live|No grant lives")


def test_a_grant_that_ends_while_somebody_looks_says_so(mac: Mac, panel: Panel) -> None:
    allows_for_a_while(mac, panel, "mail-helper", "User.Read")
    panel.selects(r"User\.Read +mail-helper", pane="3")
    panel.press("enter")
    panel.sees("Grants \u2192 User.Read", "x revoke")
    assert mac.command("grants", "revoke", "--all").returncode == 0
    panel.sees(r"ended +20\d\d-.*, revoked", r"token .*, ended")
    panel.sees_no("x revoke")


def test_a_closed_session_allows_nothing_any_more(mac: Mac, panel: Panel) -> None:
    panel.unlocks()
    mac.asks("ide-plugin-entra", "User.Read")
    panel.finds("User.Read", "ide-plugin-entra")
    panel.press("L")
    panel.press("enter")
    panel.sees("THE SYSTEM SAYS", "Unlock first")
    panel.reads()
    panel.press("A")
    panel.sees("PIN opens this panel")
