"""What a process uses, as psutil tells it."""

from __future__ import annotations

import time

import psutil

from entraclaw_tui.model.job import Usage


def read_usage(pid: int) -> Usage | None:
    """Return what a process uses, CPU as its average since it started; None if it is gone."""
    return Meter().read(pid)


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
