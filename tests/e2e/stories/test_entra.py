"""What Entra answers after a yes, and what the panel makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.asking import Program
from tests.support.demo import PIN
from tests.support.story_mac import Mac
from tests.support.story_panel import Panel


@pytest.fixture(autouse=True)
def in_order(mac: Mac) -> Iterator[None]:
    """Let the authority answer as it should again."""
    yield
    mac.entra("fault", "--clear")


def allows(mac: Mac, panel: Panel, name: str, scope: str) -> Program:
    """Say yes to what a known program asks for; return it, before it was told."""
    program, asked = mac.asks(name, scope)
    panel.opens(scope, name)
    panel.settle(0.1)
    if "Unlock first" in panel.text:
        panel.unlocks()
    panel.reads()
    panel.press("A") if asked["tier"] == "low" else panel.types(PIN)
    panel.sees("Allowed")
    return program


def test_a_missing_directory_consent_is_named_and_then_works(mac: Mac, panel: Panel) -> None:
    allows(mac, panel, "mcp-notes", "Tasks.Read").hears("failed")
    panel.sees("AADSTS65001", "Allowing it here is not enough", "directory missing")
    panel.goes_back()
    mac.entra("consent", "Tasks.Read")
    allows(mac, panel, "mcp-notes", "Tasks.Read").hears("ready")
    panel.sees("The program has its token")


def test_a_second_factor_is_handed_back_to_the_program(mac: Mac, panel: Panel) -> None:
    mac.entra("fault", "step-up")
    program = allows(mac, panel, "mail-helper", "Mail.Read")
    panel.sees("But no token came", "AADSTS50076")
    ended = program.told("ended")
    assert (ended["state"], ended["code"]) == ("failed", "step_up")


def test_a_server_that_fails_once_is_asked_again(mac: Mac, panel: Panel) -> None:
    mac.entra("fault", "503", "--times", "1")
    allows(mac, panel, "mail-helper", "User.Read").hears("ready")
    panel.sees("The program has its token")


def test_a_pause_is_kept_and_counted_down(mac: Mac, panel: Panel) -> None:
    mac.entra("fault", "429", "--retry-after", "2", "--times", "1")
    ended = allows(mac, panel, "ide-plugin-entra", "User.Read").told("ended")
    assert ended["code"] == "throttled"
    panel.sees("Entra asks for a pause")
    panel.goes_back()
    panel.press("7")
    panel.sees(r"Entra wants a pause for demo@contoso\.example: <10 s")
    panel.sees_no("Entra wants a pause")
    panel.press("1")
    allows(mac, panel, "ide-plugin-entra", "User.Read").hears("ready")


def test_no_token_is_written_anywhere_a_person_looks(mac: Mac, panel: Panel) -> None:
    mac.entra("consent", "Contacts.Read")
    program = allows(mac, panel, "mcp-notes", "Contacts.Read").hears("ready")
    token = program.told("token")["result"]["access_token"]
    panel.goes_back()
    for pane in "3778":
        panel.press(pane)
    panel.settle(0.1)
    assert b"eyJ" not in panel.raw
    folder = Path(mac.places.config).parent
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        assert token.encode() not in path.read_bytes(), path.name
