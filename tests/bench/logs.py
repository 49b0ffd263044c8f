"""How much a panel's logs take while it stays responsive, and how fast a large file opens."""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec import structs

from entraclaw_tui.dashboard.logs.log_sources import HISTORY, LogSource, of_mac
from entraclaw_tui.dashboard.panes.logs import LogsPane
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.log import LogLine
from tests.bench.measure import first_paint_ms
from tests.support.panel import NOW, Stage, host, settle, sources

Row = Callable[[str, str, str], None]
POURED = 600_000
WRITTEN = 200_000
BATCH = 1_000
GIGABYTE = 1 << 30
ROUNDS = 7
LINE = (
    '{{"at":{at:.3f},"client":"mcp-notes","level":"info","origin":"worker",'
    '"message":"Line {n} of a log that says what a busy worker says."}}'
)
_WRITER = """
import sys
path, lines, start = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
with open(path, "a") as file:
    for n in range(lines):
        file.write(LINE.format(at=start + n / 1000, n=n) + "\\n")
"""


def logs(row: Row) -> None:
    """Measure and print one row a figure."""
    asyncio.run(_poured(row))
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    try:
        asyncio.run(_written(row, folder))
        path = Places.of(
            structs.replace(host(), root=folder, home=folder / "Users/large")
        ).worker_log
        path.parent.mkdir(parents=True)
        _large(path)
        asyncio.run(_opened(row, path))
        for name in ("lnav", "tl"):
            _other(row, name, path)
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def _panel(*followed: LogSource) -> AsyncIterator[LogsPane]:
    """Run a panel with its logs in the whole window."""
    stage = Stage(mac=sources(logs=followed))
    async with stage.panel.run_test(size=(120, 40)) as pilot:
        await settle(pilot, stage)
        await pilot.press("8", "z")
        pane = stage.panel.home.panes["logs"]
        assert isinstance(pane, LogsPane)
        yield pane


class Pulse:
    """A task that wants to run every millisecond, and sees how long it is kept waiting.

    On a machine that others use, the wait in processor time says what is ours of it.
    """

    def __init__(self) -> None:
        self._worst = self._worst_cpu = 0.0
        self._start, self._start_cpu = time.perf_counter(), time.process_time()
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            before, cpu = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.001)
            self._worst = max(self._worst, time.perf_counter() - before - 0.001)
            self._worst_cpu = max(self._worst_cpu, time.process_time() - cpu)

    def stop(self, row: Row, what: str, lines: int, reach: str) -> None:
        """Print how many lines a second were taken, and the longest wait."""
        self._task.cancel()
        seconds = time.perf_counter() - self._start
        cpu = time.process_time() - self._start_cpu
        row(what, f"{lines / seconds:,.0f}/s ({lines / cpu:,.0f} of CPU)", reach)
        wait = f"{self._worst * 1000:.0f} ms ({self._worst_cpu * 1000:.0f} of CPU)"
        row("  longest time in which no key was taken", wait, "50 ms")


def _taken(pane: LogsPane) -> int:
    return sum(pane.ring.origins.values())


async def _poured(row: Row) -> None:
    """Lines that are parsed already: what the ring and the view take."""
    lines = [
        LogLine(NOW - 1000 + n / 1000, "worker", "info", f"Line {n} of a log that says much.")
        for n in range(POURED)
    ]
    async with _panel() as pane:
        feed, before = pane.desk.feeds.logs, _taken(pane)
        pulse = Pulse()
        for at in range(0, POURED, BATCH):
            feed.put(lines[at : at + BATCH])
            await _until(lambda: len(feed.waiting) <= 20 * BATCH)
        await _until(lambda: _taken(pane) - before >= POURED)
        pulse.stop(row, "logs: lines a second into ring and view", POURED, "100,000/s")


async def _written(row: Row, folder: Path) -> None:
    """Lines that another process writes: read, parsed, put in order, shown."""
    here = structs.replace(host(), root=folder, home=folder / "Users/demo")
    places = Places.of(here)
    places.log_dir.mkdir(parents=True)
    places.worker_log.touch()
    source = next(s for s in of_mac(here, places) if s.origin == "worker")
    async with _panel(source) as pane:
        before = _taken(pane)
        code = f"LINE = {LINE!r}\n{_WRITER}"
        pulse = Pulse()
        writer = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, str(places.worker_log), str(WRITTEN), str(NOW - 1000))
        )
        await _until(lambda: _taken(pane) - before >= WRITTEN)
        pulse.stop(row, "logs: lines a second out of a file, as JSON", WRITTEN, "")
        await writer.wait()


def _large(path: Path) -> None:
    """Write a gigabyte of lines, the last of them in order of time."""
    block = "".join(LINE.format(at=NOW - 100_000, n=n) + "\n" for n in range(20_000)).encode()
    with path.open("wb") as file:
        while file.tell() < GIGABYTE:
            file.write(block)
        file.writelines(
            LINE.format(at=NOW - 50_000 + n / 10, n=n).encode() + b"\n" for n in range(HISTORY)
        )
        file.write(LINE.format(at=NOW, n="the end").encode() + b"\n")
        os.fsync(file.fileno())


async def _opened(row: Row, path: Path) -> None:
    """From the first look at a file until its last line is painted; beside `tail -n`."""
    times, tails = [], []
    for _ in range(ROUNDS):
        async with _panel() as pane:
            start = time.perf_counter()
            task = asyncio.create_task(pane.desk.feeds.logs.follow(_worker_source(path)))
            await _until(partial(_shows, pane, "the end"))
            times.append((time.perf_counter() - start) * 1000)
            task.cancel()
        tails.append(await asyncio.to_thread(_tail, path))
    ours, theirs = statistics.median(times), statistics.median(tails)
    row("logs: open a 1 GB log at its end", f"{ours:.0f} ms ({ours / theirs:.1f} x tail)", "150 ms")


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - nobody but the figures tells when it is over
        await asyncio.sleep(0)


def _shows(pane: LogsPane, words: str) -> bool:
    return any(words in "".join(p.text for p in line) for _, line in pane.rows_shown)


def _tail(path: Path) -> float:
    """Return how long `tail` takes for as many lines, in milliseconds."""
    program = shutil.which("tail") or "/usr/bin/tail"
    start = time.perf_counter()
    subprocess.run([program, "-n", str(HISTORY), path], stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


def _worker_source(path: Path) -> LogSource:
    """Return a Mac's source of the worker's log, whose log this file is."""
    home = path.parents[3]  # .config/entraclaw/logs/worker.log
    here = structs.replace(host(), root=home, home=home)
    return next(s for s in of_mac(here, Places.of(here)) if s.origin == "worker")


def _other(row: Row, name: str, path: Path) -> None:
    program = shutil.which(name)
    if program is None:
        row(f"  {name}, the same file", "not installed here", "")
        return
    times = [first_paint_ms([program, str(path)], "the end") for _ in range(3)]
    row(f"  {name}, the same file, from its start", f"{statistics.median(times):.0f} ms", "")


def _print(what: str, reached: str, reach: str) -> None:
    print(f"{what:<46} {reached:>32}   {reach}")


if __name__ == "__main__":
    logs(_print)
