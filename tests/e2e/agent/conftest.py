"""A pretend Mac whose launchd has, or will have, the agent's job: any program under its label."""

from __future__ import annotations

import contextlib
import os
import plistlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

import entraclaw_tui
from entraclaw_tui.demo.mac import build, power
from entraclaw_tui.macos import agent_plans
from entraclaw_tui.macos.agent_driver import Driver
from entraclaw_tui.macos.agent_plist import definition
from entraclaw_tui.macos.agent_seen import Seen, look
from entraclaw_tui.macos.agent_steps import Done, Outcome, Plan, Step
from entraclaw_tui.macos.agent_waits import Patience
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.jobs import parse_service
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.job import Job

T = TypeVar("T")

PROGRAM = [sys.executable, "-I", "-m", "entraclaw_tui"]
QUICK = Patience(first=0.02, longest=0.1, settled=0.3, retries=(0.02, 0.03, 0.05))
DEADLINE = 15.0

STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("ready")
while True: time.sleep(60)
"""


class Silent:
    """Hears everything and keeps it."""

    def __init__(self) -> None:
        self.waited: list[str] = []

    def begins(self, number: int, step: Step) -> None: ...

    def ends(self, done: Done) -> None: ...

    def waits(self, words: str) -> None:
        self.waited.append(words)


class AgentMac:
    """A pretend Mac under test, and the driver on it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.places = Places.of(host)
        self.launchd: subprocess.Popen[bytes] | None = None
        self.stubborn: list[int] = []
        self.plan: Plan | None = None
        self._program = PROGRAM
        self.places.launch_agents.mkdir(parents=True, exist_ok=True)

    def run_a_copy(self) -> None:
        """Run our commands from a copy of the package, which nobody edits while a test runs."""
        shutil.copytree(Path(entraclaw_tui.__file__).parent, self.host.root / "copy/entraclaw_tui")
        script = self.host.root / "copy/run.py"
        script.write_text(
            f"import sys\nsys.path.insert(0, {str(script.parent)!r})\n"
            "from entraclaw_tui.__main__ import main\nsys.exit(main())\n"
        )
        self._program = [sys.executable, "-I", "-B", str(script)]

    def turn_on(self) -> None:
        self.launchd = power.turn_on(self.host)

    def turn_off(self) -> None:
        power.shut_down(self.host)
        assert self.launchd is not None
        assert self.launchd.wait(DEADLINE) == 0
        self.launchd = None

    def command(self, *arguments: str, readonly: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `entraclaw-tui agent ...` on this Mac."""
        return subprocess.run(
            self.line(*arguments, readonly=readonly),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    def line(self, *arguments: str, readonly: bool = False) -> list[str]:
        flags = ["--readonly"] if readonly else []
        return [*self._program, "--root", str(self.host.root), *flags, "agent", *arguments]

    async def see(self) -> Seen:
        seen = await look(self.host)
        assert isinstance(seen, Seen), seen
        return seen

    async def drive(self, planner: Callable[[Seen], Plan]) -> Outcome:
        """Look, plan, and carry it out without long waits."""
        self.plan = planner(await self.see())
        return await Driver(self.host, self.plan, Silent(), QUICK).carry_out()

    async def install(self, python: str = sys.executable) -> Outcome:
        def plan(seen: Seen) -> Plan:
            wanted = definition(self.host, python, desktop=seen.desktop)
            return agent_plans.install(seen, wanted, python)

        return await self.drive(plan)

    def write(self, *command: str, **keys: object) -> None:
        """Write the agent's definition with another program in it."""
        job = {"Label": LABEL, "ProgramArguments": list(command), "RunAtLoad": True, **keys}
        self.places.plist.write_bytes(plistlib.dumps(job))

    def write_stubborn(self, **keys: object) -> None:
        """Write a job that ignores SIGTERM."""
        ready = self.host.root / "ready"
        ready.unlink(missing_ok=True)
        self.write(sys.executable, "-I", "-c", STUBBORN, str(ready), **keys)

    def stubborn_runs(self) -> int:
        """Return the pid of the stubborn job, once it ignores SIGTERM."""
        ready = self.host.root / "ready"
        self.until(lambda: ready.exists() and ready.read_text(), "it ignores SIGTERM")
        pid = self.running().pid
        assert pid is not None
        self.stubborn.append(pid)
        return pid

    def launchctl(self, *arguments: str) -> tuple[int, str]:
        ran = subprocess.run(
            [self.host.root / "bin/launchctl", *arguments],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        return ran.returncode, ran.stdout

    def load(self) -> None:
        assert self.launchctl("bootstrap", "gui/501", str(self.places.plist))[0] == 0

    def job(self, domain: str = "gui/501") -> Job | None:
        status, out = self.launchctl("print", f"{domain}/{LABEL}")
        return parse_service(out) if status == 0 else None

    def running(self, domain: str = "gui/501") -> Job:
        def found() -> Job | None:
            job = self.job(domain)
            return job if job is not None and job.state == "running" else None

        return self.until(found, "the job runs")

    def overrides(self) -> str:
        return self.launchctl("print-disabled", "gui/501")[1]

    def log(self) -> str:
        return self.places.launchd_log.read_text()

    def until(self, what: Callable[[], T | None], why: str) -> T:
        end = time.monotonic() + DEADLINE
        while not (found := what()):
            assert time.monotonic() < end, f"never: {why}\n{self.log()[-3000:]}"
            time.sleep(0.01)
        return found

    def interpose(self, script: str) -> Path:
        """Put shell code before launchctl; `"$real" "$@"` is the tool. Returns its scratch file."""
        tool = self.host.root / "bin/launchctl"
        real = tool.with_name("launchctl.real")
        scratch = self.host.root / "scratch"
        if not real.exists():
            tool.rename(real)
        draft = tool.with_name("launchctl.new")
        head = f"#!/bin/sh\nreal={real}\nscratch={scratch}\n"
        draft.write_text(f'{head}{script}\nexec "$real" "$@"\n')
        draft.chmod(0o700)
        draft.replace(tool)
        return scratch

    def end(self) -> None:
        for pid in self.stubborn:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.launchd and self.launchd.poll() is None:
            self.launchd.send_signal(signal.SIGTERM)
            self.launchd.wait(DEADLINE)
        shutil.rmtree(self.host.root)


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
def mac() -> Iterator[AgentMac]:
    mac = AgentMac(build.prepare(speed=50))
    try:
        mac.turn_on()
        yield mac
    finally:
        mac.end()
