"""What a process uses, as psutil tells it."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from entraclaw_tui.model.job import Process, Usage


def read_usage(pid: int) -> Usage | None:
    """Return what a process uses, CPU as its average since it started; None if it is gone."""
    return Meter().read(pid)


def read_process(pid: int) -> Process | None:
    """Return a process looked at more closely, or None if it is gone. Takes some milliseconds."""
    usage = read_usage(pid)
    if usage is None:
        return None
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return Process(
            usage.cpu_percent,
            usage.memory_bytes,
            usage.started_at,
            processor_seconds=times.user + times.system,
            status=process.status(),
            parent=process.ppid(),
            threads=_told(process.num_threads),
            files=_told(process.num_fds),
            children=_told(lambda: len(process.children())),
        )
    except psutil.Error:
        return None


def _told(ask: Callable[[], int]) -> int | None:
    """Return a number that the kernel may keep from us."""
    try:
        return ask()
    except (psutil.AccessDenied, OSError):
        return None


class Meter:
    """Reads usage again and again: CPU is then what was used since the reading before."""

    def __init__(self) -> None:
        self._before: tuple[int, float, float, float] | None = None

    def read(self, pid: int) -> Usage | None:
        """Return what a process uses now, or None if it is gone or may not be looked at."""
        try:
            process = psutil.Process(pid)
            started = process.create_time()
            times = process.cpu_times()
            memory = process.memory_info().rss
        except (psutil.Error, ValueError, OverflowError):
            return None
        busy = times.user + times.system
        now = time.time()
        since, used = started, 0.0
        # A pid is given again: only the same start makes it the same process.
        if self._before is not None and self._before[:2] == (pid, started):
            since, used = self._before[2:]
        self._before = (pid, started, now, busy)
        percent = 100 * (busy - used) / (now - since) if now > since else 0.0
        return Usage(max(percent, 0.0), memory, started)
