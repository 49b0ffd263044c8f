"""A person at the panel, four programs that ask, and what each of them gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.demo.conftest import Terminals
from tests.support.asking import Program, Programs
from tests.support.demo import PIN, PROGRAM
from tests.support.entra_keys import claims
from tests.support.terminal import Terminal

READING = 0.7
"""Seconds: the sheet takes no proof in its first half second."""
GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def programs() -> Iterator[Programs]:
    some = Programs()
    yield some
    some.close()


def root_of(terminal: Terminal) -> Path:
    """Find the pretend Mac of a demo that made its own folder."""
    command = psutil.Process(terminal.pid).children()[0].cmdline()
    return Path(command[command.index("--root") + 1])


def select(terminal: Terminal, row: str) -> None:
    """Move to the row that matches, as a person would: down until it is there."""
    terminal.wait_for(row)
    terminal.press("1", "g")
    for _ in range(20):
        terminal.settle(0.1)
        here = re.search(r"▸([^│]*)│", terminal.text)
        if here and re.search(row, here[1]):
            return
        terminal.press("j")
    raise AssertionError(f"could not select {row!r}:\n{terminal.text}")


def leave_sheet(terminal: Terminal) -> None:
    """Go back to the panes. A key right after Escape would be read as one with Alt."""
    terminal.press("escape")
    terminal.wait_gone("THE SYSTEM SAYS")


def check_token(root: Path, program: Program) -> None:
    """The client has a token that any API would take, and gets it once."""
    assert program.told("ended")["state"] == "ready"
    token = program.told("token")["result"]
    found = claims(root, token["access_token"], GRAPH)
    assert found["scp"] == program.scope
    assert found["upn"] == "demo@contoso.example"
    assert token["scopes"] == [program.scope]
    assert program.told("again")["error"]["data"]["code"] == "already_collected"


def test_a_newcomer_s_first_minutes(terminals: Terminals, programs: Programs) -> None:
    panel = terminals([*PROGRAM, "demo"])
    panel.wait_for("PRETEND MAC")
    for row in (
        r"low +User\.Read +mcp-notes",
        r"medium +Mail\.Read +ide-plugin-ent",
        r"HIGH +Mail\.Send +mail-helper",
        r"(medium|HIGH) +Calendars\.Read +report-bot",
    ):
        panel.wait_for(row)
    panel.wait_for(r"Automation \S+ mail +python", seconds=8)
    root = root_of(panel)
    pin = panel.wait_for(r"the PIN is (\d{6,})")[1]
    assert pin == PIN

    # Low: locked at first; the sheet says so and takes the PIN, then one armed key allows.
    low, asked = programs(root, "ide-plugin-entra", "User.Read")
    assert asked["tier"] == "low"
    select(panel, r"low +User\.Read +ide-plugin-ent")
    panel.press("enter")
    panel.wait_for(r"program +/usr/local/bin/ide-plugin-entra")
    panel.wait_for("Unlock first")
    panel.press("A")
    panel.wait_for("PIN opens this panel")
    panel.press(*pin, "enter")
    panel.wait_gone("PIN opens this panel")
    panel.wait_for("session open")
    panel.wait_for(r"A +allow")
    panel.press("A")
    panel.wait_for(r"ide-plugin-entra has its token for User\.Read")
    check_token(root, low)
    leave_sheet(panel)

    # Medium: the two digits that the client shows, a wrong pair first.
    medium, asked = programs(root, "mail-helper", "Mail.Read", shows_code=True)
    assert asked["tier"] == "medium"
    code = asked["match_code"]
    wrong = "11" if code != "11" else "12"
    select(panel, r"medium +Mail\.Read +mail-helper")
    panel.press("enter")
    panel.wait_for(r"program +/usr/local/bin/mail-helper")
    panel.rest(READING)
    panel.press(*wrong, "enter")
    panel.wait_for(r"not (its|the) digits")
    panel.press(*code, "enter")
    panel.wait_for(r"mail-helper has its token for Mail\.Read")
    check_token(root, medium)
    leave_sheet(panel)

    # High: the PIN again, alone, and once only.
    high, asked = programs(root, "mcp-notes", "Mail.Send")
    assert asked["tier"] == "high"
    select(panel, r"HIGH +Mail\.Send +mcp-notes")
    panel.press("enter")
    panel.wait_for(r"program +/usr/local/bin/mcp-notes")
    panel.rest(READING)
    panel.press("A")
    panel.wait_for("A alone is not enough")
    panel.rest(READING)
    panel.press(*pin, "enter")
    panel.wait_for(r"mcp-notes has its token for Mail\.Send")
    check_token(root, high)
    leave_sheet(panel)

    # Denied, from the list, by one key.
    denied, asked = programs(root, "report-bot", "User.Read")
    assert asked["tier"] == "medium"
    select(panel, r"medium +User\.Read +report-bot")
    panel.press("d")
    assert denied.told("ended")["state"] == "denied"

    # What is left to see: the tokens' metadata, the log, the audit.
    panel.wait_for(r"User\.Read +ide-plugin-ent\S* +(memory|keychain)")
    panel.press("7")
    panel.wait_for(r"audit .*(allowed|delivered|denied)")
    panel.press("q")
    assert panel.wait_end() == 0
    assert b"eyJ" not in panel.raw, "a token's text reached the screen"
