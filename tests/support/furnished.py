"""A furnished pretend Mac with the running worker, to which one thing at a time is done.

What a test does to it is either undone (`keep`, `take`, `later`), or the whole folder is put back
as it was (`restore`): furnishing one anew for each of a hundred tests would take minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import plistlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from entraclaw_tui.cli.doctor_look import ask_worker
from entraclaw_tui.demo import story
from entraclaw_tui.demo.mac import build, power
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.demo.mac.lean import FACTS
from entraclaw_tui.doctor.evidence import Evidence, WorkerWord, gather
from entraclaw_tui.doctor.findings import judge
from entraclaw_tui.macos.host import MARKER, Host
from entraclaw_tui.macos.jobs import parse_service
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.job import Job

PIN = "246810"
PYTHON = str(Path(sys.executable).resolve())
"""The program that the agent's job runs in the end."""
TARGET = f"gui/501/{LABEL}"
_SPEED = 50.0
_DEADLINE = 20.0


class FurnishedMac:
    """The agent's home with everything in it, and launchd beside it."""

    def __init__(self) -> None:
        host = build.prepare(speed=_SPEED)
        self.root = host.root
        for listener in story.furnish(host, pin=PIN).values():
            listener.close()
        for path in Places.of(host).launch_agents.iterdir():
            if path.stem != LABEL:
                path.unlink()  # the programs that ask, and their directory
        self._copy = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
        shutil.copytree(self.root, self._copy / "mac", symlinks=True)
        self._launchd: subprocess.Popen[bytes] | None = None
        self._undo = contextlib.ExitStack()

    @property
    def host(self) -> Host:
        """The Mac as its marker tells it now."""
        return Host.open(self.root)

    @property
    def places(self) -> Places:
        return Places.of(self.host)

    @property
    def layout(self) -> Layout:
        return Layout(self.root)

    # -- on and off ---------------------------------------------------------------------------

    def turn_on(self) -> None:
        self._launchd = power.turn_on(self.host)

    def turn_off(self) -> None:
        self.undo()
        if self._launchd is not None:
            power.shut_down(self.host)
            assert self._launchd.wait(_DEADLINE) == 0
            self._launchd = None

    def restore(self) -> None:
        """Turn it off and put everything back as it was furnished."""
        self.turn_off()
        for path in self.root.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self._copy / "mac", self.root, symlinks=True, dirs_exist_ok=True)

    def close(self) -> None:
        self.turn_off()
        shutil.rmtree(self.root)
        shutil.rmtree(self._copy)

    def wait_for_the_worker(self) -> None:
        """Return once the worker answers."""
        self.until_the_worker(lambda word: word.answered, "it is there")

    def until_the_worker(self, says: Callable[[WorkerWord], object], why: str) -> None:
        """Return once the worker says something of itself."""
        self.until(lambda: says(asyncio.run(ask_worker(self.host))), f"the worker says that {why}")

    # -- looking ------------------------------------------------------------------------------

    def evidence(self) -> Evidence:
        host = self.host
        return asyncio.run(gather(host, ask=lambda: ask_worker(host)))

    def findings(self) -> set[str]:
        return {finding.id for finding in judge(self.evidence())}

    def job(self) -> Job | None:
        ran = self.run("bin/launchctl", "print", TARGET)
        return parse_service(ran.stdout.decode()) if ran.returncode == 0 else None

    def until_job(self, what: Callable[[Job], object], why: str) -> Job:
        found: list[Job] = []

        def check() -> bool:
            job = self.job()
            if job is not None and what(job):
                found.append(job)
            return bool(found)

        self.until(check, why)
        return found[0]

    def until(self, what: Callable[[], object], why: str) -> None:
        end = time.monotonic() + _DEADLINE
        while not what():
            assert time.monotonic() < end, f"never: {why}"
            time.sleep(0.01)

    # -- doing --------------------------------------------------------------------------------

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.root / tool), *arguments]
        return subprocess.run(command, capture_output=True, timeout=_DEADLINE, check=False)

    def launchctl(self, *arguments: str) -> None:
        self._must("bin/launchctl", *arguments)

    def security(self, *arguments: str) -> None:
        self._must("usr/bin/security", *arguments)

    def xattr(self, *arguments: str) -> None:
        self._must("usr/bin/xattr", *arguments)

    def define(self, **keys: object) -> None:
        """Change keys of the job's definition; None takes one away."""
        path = self.keep(self.places.plist)
        job = {**plistlib.loads(path.read_bytes()), **keys}
        path.write_bytes(plistlib.dumps({k: v for k, v in job.items() if v is not None}))

    def command(self) -> list[str]:
        """Return the command of the job's definition."""
        job = plistlib.loads(self.places.plist.read_bytes())
        return [str(word) for word in job["ProgramArguments"]]

    def runs(self, source: str, **keys: object) -> None:
        """Let the job run some Python instead of the worker."""
        self.define(ProgramArguments=[sys.executable, "-I", "-S", "-c", source], **keys)

    def mark(self, **changes: object) -> None:
        """Change what the Mac says of itself."""
        marker, facts = self.keep(self.root / MARKER), self.keep(self.root / FACTS)
        marker.write_bytes(
            msgspec.json.encode({**msgspec.json.decode(marker.read_bytes()), **changes})
        )
        marker.chmod(0o600)
        with facts.open("a") as file:
            file.writelines(f"{name}={value}\n" for name, value in changes.items())

    # -- undoing ------------------------------------------------------------------------------

    def keep(self, path: Path) -> Path:
        """Lay the file aside and leave a copy of it to be changed, until `undo`."""
        if (kept := self.take(path)) is not None:
            shutil.copy2(kept, path, follow_symlinks=False)
        return path

    def take(self, path: Path) -> Path | None:
        """Lay what is there aside until `undo`; return where it lies, None where nothing is."""
        kept = None
        if os.path.lexists(path):
            kept = self.root / "private/tmp" / f"kept-{time.monotonic_ns()}"
            path.rename(kept)

        def back() -> None:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            if kept is not None:
                kept.rename(path)

        self.later(back)
        return kept

    def later(self, act: Callable[[], object]) -> None:
        """Do this at `undo`."""
        self._undo.callback(act)

    def undo(self) -> None:
        self._undo.close()

    def _must(self, tool: str, *arguments: str) -> None:
        ran = self.run(tool, *arguments)
        assert ran.returncode == 0, (tool, arguments, ran)
