"""A real worker as a job of a pretend Mac's launchd, which starts it again whatever happens."""

from __future__ import annotations

import os
import plistlib
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from entraclaw_tui.demo.mac import power
from entraclaw_tui.macos.agent_plist import definition, make_folders
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from tests.support.demo import until
from tests.support.raw_client import RawClient
from tests.support.running_worker import furnish

_PROGRAM = Path(__file__).with_name("worker_process.py")


class LaunchedWorker:
    """The job and its lives."""

    def __init__(self, host: Host, exchange_seconds: float) -> None:
        self.host = host
        self.places = Places.of(host)
        self._seconds = exchange_seconds
        self._launchd: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        furnish(self.host)
        make_folders(self.places)
        arguments = [sys.executable, "-B", _PROGRAM, self.host.root, self._seconds, "launchd"]
        job = definition(self.host, sys.executable)
        job["ProgramArguments"] = [str(argument) for argument in arguments]
        self.places.launch_agents.mkdir(parents=True, exist_ok=True)
        self.places.plist.write_bytes(plistlib.dumps(job))
        self._launchd = power.turn_on(self.host)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        power.shut_down(self.host)
        assert self._launchd is not None
        self._launchd.wait(20)

    def serving(self, other_than: int = 0) -> int:
        """Wait until a worker answers that is not the one named, and return its pid."""
        return until(lambda: self._answers(other_than), "the worker's answer", seconds=30)

    def kill(self, pid: int) -> float:
        """Kill the worker and return when it was dead (the monotonic clock)."""
        process = psutil.Process(pid)
        os.kill(pid, signal.SIGKILL)
        process.wait(10)
        return time.monotonic()

    def _answers(self, other_than: int) -> int | None:
        # launchd keeps the socket while no worker runs: the call then waits for the next one.
        try:
            probe = RawClient(os.fspath(self.places.control_socket), seconds=20.0)
        except OSError:
            return None
        try:
            probe.hello("probe")
            worker = probe.result("worker.status")
        except (AssertionError, OSError):
            return None
        finally:
            probe.close()
        pid = int(str(worker["pid"]))
        ready = worker["keychain"] == "ok" and not worker.get("note")
        return pid if ready and pid != other_than else None
