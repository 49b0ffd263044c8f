"""Which Mac this is, whether its screen is locked, and what a process uses."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.activation import ActivationError, activate
from entraclaw_tui.macos.clipboard import copy
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.system import parse_locked, parse_versions, read_machine, screen_locked
from entraclaw_tui.macos.usage import Meter, read_usage

Tool = Callable[[str, str], Path]


def console(**session: object) -> bytes:
    other = {"kCGSSessionUserIDKey": 502, "CGSSessionScreenIsLocked": True}
    mine = {"kCGSSessionUserIDKey": 501, "kCGSSessionOnConsoleKey": True, **session}
    return plistlib.dumps({"IOConsoleUsers": [other, mine]})


def test_the_lock_of_our_own_session() -> None:
    assert parse_locked(console(CGSSessionScreenIsLocked=True), 501) is True
    assert parse_locked(console(), 501) is False
    assert parse_locked(console(), 503) is None


@given(st.binary())
def test_no_bytes_break_it(data: bytes) -> None:
    assert parse_locked(data, 501) is None


@pytest.mark.parametrize("value", [[], {}, {"IOConsoleUsers": 3}, {"IOConsoleUsers": [1, {}]}])
def test_other_shapes_tell_nothing(value: dict[str, object] | list[object]) -> None:
    assert parse_locked(plistlib.dumps(value), 501) is None


def test_versions() -> None:
    text = "ProductName:\t\tmacOS\nProductVersion:\t\t26.5\nBuildVersion:\t\t25F84\nnothing\n"
    assert parse_versions(text) == {
        "ProductName": "macOS",
        "ProductVersion": "26.5",
        "BuildVersion": "25F84",
    }


async def test_a_machine(mac: Host, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setenv("SSH_TTY", "/dev/ttys003")
    tool("/usr/bin/sw_vers", "printf 'ProductVersion: 26.5\\nBuildVersion: 25F84\\n'")
    tool("/bin/launchctl", "exit 112")
    tool("/usr/sbin/ioreg", f"cat <<'X'\n{console(CGSSessionScreenIsLocked=True).decode()}X")
    found = await read_machine(mac)
    assert (found.macos, found.build) == ("26.5", "25F84")
    assert found.domain == "user/501"
    assert (found.host, found.user, found.uid, found.pretend) == ("studio", "demo", 501, True)
    assert found.over_ssh
    assert found.screen_locked is True


async def test_a_machine_that_tells_nothing(
    mac: Host, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    found = await read_machine(mac)
    assert (found.macos, found.domain, found.screen_locked) == ("", "gui/501", None)
    assert not found.over_ssh
    tool("/usr/sbin/ioreg", "exit 1")
    assert await screen_locked(mac) is None


async def test_the_clipboard_gets_every_byte(mac: Host, tool: Tool) -> None:
    place = mac.path("/copied")
    tool("/usr/bin/pbcopy", f"cat > '{place}'")
    text = "caf\u00e9 \u4e2d\n" * 50_000
    await copy(mac, text)
    assert place.read_text("utf-8") == text
    tool("/usr/bin/pbcopy", "cat > /dev/null; echo no pasteboard >&2; exit 1")
    with pytest.raises(ToolError, match="no pasteboard"):
        await copy(mac, "x")


def test_usage_of_this_process() -> None:
    found = read_usage(os.getpid())
    assert found is not None
    assert found.memory_bytes > 1_000_000
    assert found.cpu_percent >= 0
    assert found.started_at > 0


def test_usage_between_two_looks() -> None:
    meter = Meter()
    first = meter.read(os.getpid())
    sum(range(3_000_000))
    second = meter.read(os.getpid())
    assert first is not None
    assert second is not None
    assert second.started_at == first.started_at
    assert second.cpu_percent > 1


def test_usage_of_a_process_that_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        pid = process.pid
    assert read_usage(pid) is None
    assert read_usage(-1) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac has the function")
def test_no_sockets_without_launchd() -> None:
    with pytest.raises(ActivationError, match="no Mac"):
        activate("Request")
