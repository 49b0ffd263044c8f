"""Whether the keychain is open, asked only where no dialog can come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.keychain_state import locks, read_state, words
from entraclaw_tui.model.keychain import KeychainState

Tool = Callable[[str, str], Path]
SECURITY = """\
case "$1" in
list-keychains) printf '    "%s"\\n    "/Library/Keychains/System.keychain"\\n' "$HOME/own" ;;
show-keychain-info) echo asked >> "$0.asked"; ANSWER ;;
esac
"""
OPEN = "echo 'Keychain \"/k\" lock-on-sleep timeout=300s' >&2"


def security(tool: Tool, answer: str) -> Path:
    return tool("/usr/bin/security", SECURITY.replace("ANSWER", answer))


@pytest.fixture
def desktop(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at the screen: launchd knows no such job, but the domain."""
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    tool("/bin/launchctl", "exit 113")


@pytest.mark.usefixtures("desktop")
async def test_at_the_screen_nobody_asks_by_itself(mac: Host, tool: Tool) -> None:
    place = security(tool, "exit 128")
    state = await read_state(mac)
    assert (state.locked, words(state)) == (None, "not known")
    assert "dialog" in state.note
    assert state.search == ("/Users/demo/own", "/Library/Keychains/System.keychain")
    assert not place.with_suffix(".asked").exists()


@pytest.mark.usefixtures("desktop")
async def test_a_person_may_want_it_asked(mac: Host, tool: Tool) -> None:
    security(tool, OPEN)
    assert words(await read_state(mac, asked=True)) == (
        "open, locks after 5 min without use and when the Mac sleeps"
    )
    security(tool, "exit 128")
    assert (await read_state(mac, asked=True)).locked is True


@pytest.mark.usefixtures("desktop")
async def test_over_ssh_it_is_asked(mac: Host, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "198.51.100.7 50000 198.51.100.1 22")
    for answer, locked in ((OPEN, False), ("exit 36", True), ("exit 152", True), ("exit 50", None)):
        security(tool, answer)
        assert (await read_state(mac)).locked is locked


async def test_without_a_desktop_it_is_asked(
    mac: Host, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    tool("/bin/launchctl", "exit 112")
    security(tool, "exit 36")
    assert (await read_state(mac)).locked is True


@pytest.mark.usefixtures("desktop")
async def test_without_a_tool_nothing_is_claimed(mac: Host) -> None:
    state = await read_state(mac, asked=True)
    assert (state.locked, state.search) == (None, ())
    assert state.note


@pytest.mark.parametrize(
    ("on_sleep", "after", "expected"),
    [
        (None, None, "when it locks is not known"),
        (False, None, "stays open until log-out"),
        (True, None, "locks when the Mac sleeps"),
        (False, 7200, "locks after 2 h without use"),
        (False, 90, "locks after 90 s without use"),
    ],
)
def test_when_it_locks(on_sleep: bool | None, after: int | None, expected: str) -> None:
    assert locks(KeychainState(False, on_sleep, after)) == expected
