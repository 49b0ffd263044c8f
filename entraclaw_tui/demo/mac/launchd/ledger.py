"""The processes that launchd started, written down so that the next launchd finds them.

launchd itself may be killed. Its jobs live on without a parent then, hold ports and locks, and
would run beside their successors.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil

from entraclaw_tui.demo.mac.launchd.code import read_pairs, write_pairs

_SAME = 0.1
"""Seconds by which two readings of one process's start may differ."""


class Ledger:
    """The file of running jobs: `PID=START`, the start in seconds since 1970."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, str] = {}

    def end_the_old(self) -> list[int]:
        """End what a launchd before this one left running, with its groups; return the pids."""
        ended = []
        for pid, start in read_pairs(self._path).items():
            if pid.isdigit() and _started(int(pid)) is not None and _is(int(pid), start):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(int(pid), signal.SIGKILL)
                    ended.append(int(pid))
        self._write()
        return ended

    def add(self, pid: int) -> None:
        """Write a job's process down."""
        start = _started(pid)
        if start is not None:
            self._running[str(pid)] = f"{start:.6f}"
            self._write()

    def remove(self, pid: int) -> None:
        """Strike out a process that ended."""
        if self._running.pop(str(pid), None) is not None:
            self._write()

    def _write(self) -> None:
        write_pairs(self._path, self._running)


def _started(pid: int) -> float | None:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _is(pid: int, start: str) -> bool:
    found = _started(pid)
    try:
        return found is not None and abs(found - float(start)) < _SAME
    except ValueError:
        return False
