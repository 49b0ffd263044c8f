"""The one door to tools: whatever a tool does, it is answered in time and nothing is left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from entraclaw_tui.macos.host import (
    MARKER,
    Host,
    HostError,
    Marker,
    NoMacHere,
    Ran,
    ToolFlooded,
    ToolMissing,
    ToolTimedOut,
)
from entraclaw_tui.macos.places import Places

Tool = Callable[[str, str], Path]

SLACK = 0.5
"""Seconds past its deadline after which a tool must have been answered for."""


async def test_a_tool_is_run_with_nothing_of_ours(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", 'env; pwd; echo "args:$*"; cat; echo bad >&2; exit 3')
    os.environ["ENTRACLAW_TEST_LEAK"] = "leaked"
    try:
        ran = await mac.run("/bin/tool", "a b", "c")
    finally:
        del os.environ["ENTRACLAW_TEST_LEAK"]
    assert (ran.exit, ran.stderr, ran.complaint) == (3, b"bad\n", "bad")
    lines = ran.stdout.decode().splitlines()
    assert "args:a b c" in lines
    assert str(mac.root) in lines
    assert f"HOME={mac.home}" in lines
    assert "PATH=/usr/bin:/bin:/usr/sbin:/sbin" in lines
    assert "leaked" not in ran.stdout.decode()


async def test_a_tool_has_no_terminal(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", "test -t 0 || echo none; if (: < /dev/tty) 2>/dev/null; then echo tty; fi")
    assert (await mac.run("/bin/tool")).stdout == b"none\n"


async def test_input_is_given_and_may_be_ignored(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", "cat")
    data = os.urandom(200_000)
    assert (await mac.run("/bin/tool", stdin=data)).stdout == data
    tool("/bin/tool", "exec 0<&-; echo done")
    assert (await mac.run("/bin/tool", stdin=data)).stdout == b"done\n"


async def test_no_such_tool(mac: Host, tool: Tool) -> None:
    with pytest.raises(ToolMissing, match="/bin/none cannot be run"):
        await mac.run("/bin/none")
    tool("/bin/plain", "").chmod(0o600)
    with pytest.raises(ToolMissing):
        await mac.run("/bin/plain")


async def test_a_tool_that_dies(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", "echo some; kill -9 $$")
    assert await mac.run("/bin/tool") == Ran(-9, b"some\n", b"")
    assert Ran(-9, b"", b"").complaint == "exit status -9"


async def test_garbage_is_handed_on_and_its_complaint_cleaned(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", "printf '\\377\\000\\033[2J'; printf '\\033[31mred\\377\\n' >&2; exit 1")
    ran = await mac.run("/bin/tool")
    assert ran.stdout == b"\xff\0\x1b[2J"
    assert ran.complaint == "<U+001B>[31mred\\xff"


async def ended_within(seconds: float, work: asyncio.Future[Ran]) -> BaseException | Ran:
    """Return how the call ended, and fail if that took longer."""
    started = time.monotonic()
    (result,) = await asyncio.gather(work, return_exceptions=True)
    assert time.monotonic() - started < seconds + SLACK
    return result


async def test_a_tool_that_hangs_is_killed(mac: Host, tool: Tool) -> None:
    place = mac.path("/pid")
    tool("/bin/tool", f"trap '' TERM INT HUP; echo $$ > '{place}'; while :; do sleep 60; done")
    work = asyncio.ensure_future(mac.run("/bin/tool", deadline=0.4))
    result = await ended_within(0.4, work)
    assert isinstance(result, ToolTimedOut)
    assert str(result) == "/bin/tool did not answer within 0.4 s"
    assert not psutil.pid_exists(int(place.read_text()))


async def test_a_tool_that_floods_is_killed(mac: Host, tool: Tool) -> None:
    tool("/bin/tool", "exec yes")
    result = await ended_within(2, asyncio.ensure_future(mac.run("/bin/tool", cap=100_000)))
    assert isinstance(result, ToolFlooded)
    tool("/bin/tool", "exec yes >&2")
    result = await ended_within(2, asyncio.ensure_future(mac.run("/bin/tool", cap=100_000)))
    assert isinstance(result, ToolFlooded)


async def test_a_grandchild_that_holds_the_pipe_is_killed_too(mac: Host, tool: Tool) -> None:
    place = mac.path("/pid")
    tool("/bin/tool", f"sleep 60 & echo $! > '{place}'; echo answer")
    result = await ended_within(0.4, asyncio.ensure_future(mac.run("/bin/tool", deadline=0.4)))
    assert isinstance(result, ToolTimedOut)
    await gone(int(place.read_text()))


async def test_a_call_that_is_given_up_leaves_nothing(mac: Host, tool: Tool) -> None:
    place = mac.path("/pid")
    tool("/bin/tool", f"echo $$ > '{place}.new'; mv '{place}.new' '{place}'; exec sleep 60")
    work = asyncio.ensure_future(mac.run("/bin/tool"))
    await until(place.exists)
    work.cancel()
    assert isinstance(await ended_within(0, work), asyncio.CancelledError)
    await gone(int(place.read_text()))


async def test_a_child_of_its_own_session_cannot_hold_us_up(
    mac: Host, tool: Tool, descriptors: Callable[[], int]
) -> None:
    """Nothing can kill it, but its pipe is let go of."""
    place = mac.path("/pid")
    leave = "import os,time; os.setsid(); print(os.getpid(), flush=True); time.sleep(60)"
    tool("/bin/tool", f"'{sys.executable}' -I -S -c '{leave}' > '{place}' & sleep 60")
    before = descriptors()
    work = asyncio.ensure_future(mac.run("/bin/tool", deadline=1))
    await until(lambda: place.exists() and place.read_text().endswith("\n"))
    assert isinstance(await ended_within(1, work), ToolTimedOut)
    os.kill(int(place.read_text()), signal.SIGKILL)
    assert descriptors() == before


async def gone(pid: int) -> None:
    """Wait until a process is no longer there; one that init has yet to reap does not count."""

    def dead() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await until(dead)


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_nothing_is_left_open(mac: Host, tool: Tool, descriptors: Callable[[], int]) -> None:
    tool("/bin/good", "echo good")
    tool("/bin/hang", "exec sleep 60")
    tool("/bin/hold", "sleep 60 & echo held")
    tool("/bin/flood", "exec yes")
    await mac.run("/bin/good")
    before = descriptors()
    for _ in range(3):
        await mac.run("/bin/good", stdin=b"x")
        for name in ("hang", "hold"):
            with pytest.raises(ToolTimedOut):
                await mac.run(f"/bin/{name}", deadline=0.1)
        with pytest.raises(ToolFlooded):
            await mac.run("/bin/flood", cap=1000)
        with pytest.raises(ToolMissing):
            await mac.run("/bin/none")
    assert descriptors() == before
    assert not [child for child in psutil.Process().children() if child.name() in ("sleep", "yes")]


# --- Which Mac ----------------------------------------------------------------------------------


def test_a_pretend_mac(mac: Host) -> None:
    assert mac.pretend
    assert (mac.user, mac.uid, mac.name, mac.domain) == ("demo", 501, "studio", "gui/501")
    assert mac.home == mac.root / "Users/demo"
    assert mac.path("/bin/launchctl") == mac.root / "bin/launchctl"
    assert mac.shown(mac.home / "x") == "/Users/demo/x"
    assert mac.shown(mac.root) == "/"
    assert mac.shown(f"{mac.root}x/y") == f"{mac.root}x/y"
    assert mac.shown("/usr/bin/python3") == "/usr/bin/python3"


def test_a_real_mac_shows_paths_as_they_are() -> None:
    real = Host(Path("/"), "demo", 501, Path("/Users/demo"), "studio")
    assert real.path("/bin/launchctl") == Path("/bin/launchctl")
    assert real.shown("/Users/demo") == "/Users/demo"
    assert not real.pretend


def test_without_a_root_only_a_mac_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.uname()

    def named(system: str) -> Callable[[], os.uname_result]:
        return lambda: os.uname_result((system, "studio", *tuple(real)[2:]))

    monkeypatch.setattr(os, "uname", named("Linux"))
    for root in (None, Path("/")):
        with pytest.raises(NoMacHere, match="demo"):
            Host.open(root)
    monkeypatch.setattr(os, "uname", named("Darwin"))
    assert Host.open(None).root == Path("/")


def test_a_root_that_may_not_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(HostError, match="not a pretend Mac"):
        Host.open(tmp_path)
    with pytest.raises(HostError, match="No such file"):
        Host.open(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(HostError, match="not a folder"):
        Host.open(tmp_path / "file")
    (tmp_path / MARKER).write_text("{}")
    with pytest.raises(HostError, match="cannot be read"):
        Host.open(tmp_path)
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
    (tmp_path / MARKER).write_bytes(msgspec.json.encode(marker))
    assert Host.open(tmp_path).pretend
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(HostError, match="not a folder"):
        Host.open(tmp_path / "link")
    tmp_path.chmod(0o722)
    with pytest.raises(HostError, match="written by others"):
        Host.open(tmp_path)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(HostError, match="another user"):
        Host.open(tmp_path)


def test_places_lie_below_the_home(mac: Host) -> None:
    places = Places.of(mac)
    ours = mac.home / ".config/entraclaw"
    assert places.config_dir == ours
    for path in (
        places.config,
        places.request_socket,
        places.control_socket,
        places.state_db,
        places.audit_dir,
        places.worker_log,
        places.agent_out,
        places.agent_err,
    ):
        assert path.is_relative_to(ours)
    assert all(folder.is_relative_to(ours) for folder in places.folders())
    assert places.plist == mac.home / "Library/LaunchAgents/com.entraclaw.agent.plist"
    assert mac.shown(places.user_tcc) == (
        "/Users/demo/Library/Application Support/com.apple.TCC/TCC.db"
    )
    assert mac.shown(places.system_tcc) == "/Library/Application Support/com.apple.TCC/TCC.db"
    assert mac.shown(places.launchd_log).startswith("/private/var/log/")
