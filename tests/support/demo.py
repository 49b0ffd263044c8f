"""A pretend Mac without a panel, run by the real command, for tests to talk to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

PROGRAM = [sys.executable, "-I", "-m", "entraclaw_tui"]
PIN = "246810"


def until(found: Callable[[], T | None], what: str, *, seconds: float = 20.0) -> T:
    """Ask again and again until there is an answer; fail by name past the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (answer := found()) is not None and answer is not False:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


class Headless:
    """`entraclaw-tui demo --headless --dir FOLDER`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.root = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.said = ""

    def __enter__(self) -> Self:
        command = [*PROGRAM, "demo", "--headless", "--dir", str(self.root), *self._options]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line
            if "ctrl+c" in line:
                return self
        raise AssertionError(f"the demo did not start:\n{self.said}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End it as ctrl+c would, and return its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        code = self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code

    @property
    def pid(self) -> int:
        """The demo's own process."""
        assert self._process is not None
        return self._process.pid

    @property
    def request_socket(self) -> str:
        """Where clients ask."""
        return os.fspath(self.root / "Users/demo/.config/entraclaw/run/request.sock")

    @property
    def control_socket(self) -> str:
        """Where the panel decides."""
        return os.fspath(self.root / "Users/demo/.config/entraclaw/run/control.sock")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the program's commands on this Mac."""
        return subprocess.run(
            [*PROGRAM, "--root", str(self.root), *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    def look(self, *arguments: str) -> Any:
        """Run a command with --json and return what it printed."""
        done = self.command(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def worker_pid(self) -> int:
        """The worker's pid, as launchd tells it."""
        return int(self.look("jobs")["value"]["pid"])
