"""The person signs in from the panel, and out: a code on one screen, the answer on another."""

from __future__ import annotations

import time

from entraclaw_tui.demo.entra.devices import confirm_device
from entraclaw_tui.demo.entra.state import UPN
from entraclaw_tui.macos.host import Host
from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PIN, PROGRAM, Headless, until


def test_out_and_in_again_by_a_code(headless: Headless, terminals: Terminals) -> None:
    panel = terminals([*PROGRAM, "--root", str(headless.root)], columns=80, rows=30)
    panel.wait_for("report-bot")
    panel.press("7", "i")
    panel.wait_for("is signed in")
    panel.wait_for("unlock to sign in")
    panel.press("u")
    panel.wait_for("PIN")
    panel.press(*PIN, "enter")
    panel.wait_for("sign out")

    panel.press("O")
    panel.wait_for("Sure")
    panel.rest(0.8)  # it takes no yes in its first half second
    panel.press("y")
    panel.wait_for("is not signed in")
    assert headless.look("status")["worker"]["signed_in"] == ""

    panel.press("s")
    panel.wait_for("and enter")
    entered = panel.wait_for(r"(?:[A-Z0-9-] ){8}[A-Z0-9]")[0].replace(" ", "")
    assert confirm_device(Host.open(headless.root), entered, UPN, time.time())
    panel.wait_for("The sign-in is stored.", seconds=30)
    panel.press("escape")
    until(
        lambda: headless.look("status")["worker"]["signed_in"] == UPN,
        "the sign-in in the worker's words",
    )
    assert entered not in headless.command("logs", "-n", "500").stdout
