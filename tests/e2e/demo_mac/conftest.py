from __future__ import annotations

import contextlib
import plistlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.demo.mac import build, power
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.jobs import parse_service
from entraclaw_tui.model.job import Job

DEADLINE = 15.0


class Mac:
    """A pretend Mac under test: its launchd runs, and jobs are written as files."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.launchd: subprocess.Popen[bytes] | None = None

    def turn_on(self, *, adopt: dict[int, int] | None = None, leash: int | None = None) -> None:
        self.launchd = power.turn_on(self.host, adopt=adopt, leash=leash)

    def turn_off(self) -> None:
        power.shut_down(self.host)
        if self.launchd:
            assert self.launchd.wait(DEADLINE) == 0
            self.launchd = None

    def tool(
        self, path: str, *arguments: str, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.host.root / path, *arguments],
            input=stdin,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )

    def launchctl(self, *arguments: str) -> tuple[int, str, str]:
        ran = self.tool("bin/launchctl", *arguments)
        return ran.returncode, ran.stdout.decode(), ran.stderr.decode()

    def write(self, label: str, *command: str, **keys: object) -> Path:
        """Write a job's plist into LaunchAgents; `command` may be Python source."""
        path = self.host.home / "Library/LaunchAgents" / f"{label}.plist"
        arguments = list(command)
        if len(arguments) == 1 and "\n" in arguments[0]:
            arguments = [sys.executable, "-I", "-c", arguments[0]]
        path.write_bytes(plistlib.dumps({"Label": label, "ProgramArguments": arguments, **keys}))
        return path

    def load(self, label: str, *command: str, **keys: object) -> Path:
        path = self.write(label, *command, **keys)
        assert self.launchctl("bootstrap", "gui/501", str(path)) == (0, "", "")
        return path

    def job(self, label: str) -> Job | None:
        status, out, _ = self.launchctl("print", f"gui/501/{label}")
        return parse_service(out) if status == 0 else None

    def until(self, what: Callable[[], object], why: str) -> None:
        end = time.monotonic() + DEADLINE
        while not what():
            assert time.monotonic() < end, f"never: {why}\n{self.log()[-4000:]}"
            time.sleep(0.01)

    def until_job(self, label: str, what: Callable[[Job], object], why: str) -> Job:
        found: list[Job] = []

        def check() -> bool:
            job = self.job(label)
            if job is not None and what(job):
                found.append(job)
            return bool(found)

        self.until(check, why)
        return found[0]

    def running(self, label: str) -> Job:
        return self.until_job(label, lambda job: job.state == "running", f"{label} runs")

    def log(self) -> str:
        return self.host.path("/private/var/log/com.apple.xpc.launchd/launchd.log").read_text()


def alive(pid: int) -> bool:
    """Return whether a process runs; one that waits for its parent to look does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(name="alive")
def _alive() -> Callable[[int], bool]:
    return alive


@pytest.fixture
def off() -> Iterator[Mac]:
    """Give a pretend Mac whose launchd does not run yet."""
    host = build.prepare(speed=50)
    mac = Mac(host)
    try:
        yield mac
    finally:
        if mac.launchd and mac.launchd.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                mac.launchd.send_signal(signal.SIGTERM)
            mac.launchd.wait(DEADLINE)
        shutil.rmtree(host.root)


@pytest.fixture
def mac(off: Mac) -> Mac:
    """Give a pretend Mac that is on."""
    off.turn_on()
    return off
