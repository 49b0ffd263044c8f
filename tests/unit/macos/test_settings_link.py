"""System Settings opens by its link; the terminal is lent to a tool that asks."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from entraclaw_tui.macos import lent_terminal, settings_link
from entraclaw_tui.macos.host import Host, ToolMissing

Tool = Callable[[str, str], Path]


async def test_the_pane_of_a_service_opens(mac: Host, tool: Tool) -> None:
    opened = tool("/usr/bin/open", 'printf %s "$1" > "$0.asked"').with_suffix(".asked")
    assert await settings_link.show(mac, "kTCCServiceMicrophone") == ""
    assert opened.read_text() == (
        "x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension?Privacy_Microphone"
    )


async def test_what_keeps_it_shut_is_told(mac: Host, tool: Tool) -> None:
    assert "cannot be run" in await settings_link.show(mac, "kTCCServiceCamera")
    tool("/usr/bin/open", "echo 'LSOpenURLsWithRole() failed' >&2; exit 1")
    assert "LSOpenURLsWithRole" in await settings_link.show(mac, "kTCCServiceCamera")


def test_a_tool_gets_the_terminal_and_a_clean_environment(
    mac: Host, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_API_KEY", "never handed on")
    place = tool(
        "/usr/bin/security", 'env > "$0.env"; test "$1" = unlock-keychain || exit 9; exit 51'
    )
    before = signal.getsignal(signal.SIGINT)
    assert lent_terminal.run_here(mac, "/usr/bin/security", "unlock-keychain") == 51
    assert "OTHER_API_KEY" not in place.with_suffix(".env").read_text()
    # Ctrl+c is ours again.
    assert signal.getsignal(signal.SIGINT) == before
    with pytest.raises(ToolMissing):
        lent_terminal.run_here(mac, "/usr/bin/none")


def test_ctrl_c_ends_the_tool_and_not_us(mac: Host, tool: Tool) -> None:
    # The tool inherits the default: a signal that we ignored would be ignored by it too.
    tool("/usr/bin/security", "kill -INT $PPID; kill -INT $$; exit 0")
    assert lent_terminal.run_here(mac, "/usr/bin/security") == -signal.SIGINT
