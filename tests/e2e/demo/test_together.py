"""A person marks two requests, reads them in one sheet, and one PIN lets both have their token."""

from __future__ import annotations

import re

from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PIN, PROGRAM
from tests.support.terminal import Terminal

READING = 0.7
"""Seconds: the sheet takes no proof in its first half second."""


def mark(terminal: Terminal, row: str) -> None:
    """Go down to the row that matches, and mark it."""
    terminal.wait_for(row)
    terminal.press("1", "g")
    for _ in range(20):
        terminal.settle(0.1)
        here = re.search(r"\u25b8([^\u2502]*)\u2502", terminal.text)
        if here and re.search(row, here[1]):
            terminal.press(" ")
            terminal.wait_for(rf"\u2713 *{row}")
            return
        terminal.press("j")
    raise AssertionError(f"could not select {row!r}:\n{terminal.text}")


def test_two_by_one_pin(terminals: Terminals) -> None:
    panel = terminals([*PROGRAM, "demo"])
    panel.wait_for(r"HIGH +Mail\.Send +mail-helper")
    for row in (r"low +User\.Read +mcp-notes", r"medium +Mail\.Read +ide-plugin-ent"):
        mark(panel, row)
    panel.wait_for("2 marked")
    panel.press("a")
    panel.wait_for("2 requests together")
    panel.press("u")
    panel.wait_for("PIN opens this panel")
    panel.press(*PIN, "enter")
    panel.wait_for("2 requests, once each: type your PIN")
    panel.rest(READING)
    panel.press(*PIN, "enter")
    panel.wait_for("2 allowed")
    panel.press("escape")
    panel.wait_gone("requests together")
    panel.wait_for(r"User\.Read +mcp-notes .*(ready|delivered)")
    panel.wait_for(r"Mail\.Read +ide-plugin-ent.*(ready|delivered)")
    panel.wait_for(r"HIGH +Mail\.Send +mail-helper")
    panel.press("q")
    assert panel.wait_end() == 0
    assert PIN.encode() not in panel.raw.replace(f"PIN is {PIN}".encode(), b"")
