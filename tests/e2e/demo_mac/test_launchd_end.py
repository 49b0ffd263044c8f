"""However the pretend Mac ends, nothing of it stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import power
from entraclaw_tui.macos.host import HostError

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["/bin/sleep", "1000"])
print(os.getpid(), child.pid, flush=True)
while True: time.sleep(60)
"""


def start_family(mac: Mac) -> list[int]:
    """Start a job that ignores SIGTERM and has a child; return both pids."""
    out = mac.host.root / "pids"
    mac.load(
        "example.contoso.family", FAMILY, RunAtLoad=True, StandardOutPath=str(out), ExitTimeOut=1
    )
    mac.load("example.contoso.calm", "/bin/sleep", "1000", KeepAlive=True)
    mac.until(lambda: out.exists() and len(out.read_text().split()) == 2, "the family is there")
    calm = mac.running("example.contoso.calm").pid
    assert calm is not None
    return [*map(int, out.read_text().split()), calm]


@pytest.mark.parametrize("way", ["asked", "signal", "leash"])
def test_no_process_and_no_socket_stays(off: Mac, alive: Callable[[int], bool], way: str) -> None:
    mine, theirs = os.pipe()
    off.turn_on(leash=mine)
    os.close(mine)
    pids = start_family(off)
    assert all(map(alive, pids))
    assert off.launchd is not None
    if way == "asked":
        power.shut_down(off.host)
    elif way == "signal":
        off.launchd.send_signal(signal.SIGTERM)
    os.close(theirs)
    assert off.launchd.wait(15) == 0
    off.until(lambda: not any(map(alive, pids)), "all have ended")
    assert not off.host.path("/private/var/run/launchd.sock").exists()
    assert not power.is_on(off.host)


def test_a_child_that_outlives_its_job_ends_with_it(mac: Mac, alive: Callable[[int], bool]) -> None:
    out = mac.host.root / "pid"
    script = "/bin/sleep 1000 & echo $!"
    mac.load(
        "example.contoso.parent", "/bin/sh", "-c", script, RunAtLoad=True, StandardOutPath=str(out)
    )
    mac.until(lambda: out.exists() and out.read_text().strip(), "the child is there")
    mac.until(lambda: not alive(int(out.read_text())), "the child has ended")


def test_there_is_one_launchd(mac: Mac) -> None:
    with pytest.raises(HostError, match="runs already"):
        power.turn_on(mac.host)
    assert mac.launchctl("managername")[0] == 0


def test_off_is_off(off: Mac) -> None:
    power.shut_down(off.host)
    assert not power.is_on(off.host)
    status, out, err = off.launchctl("list")
    assert (status, out) == (5, "")
    assert "launchd does not answer" in err
