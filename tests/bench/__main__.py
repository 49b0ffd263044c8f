"""`make bench`: the numbers of the README, each against a yardstick of the same run."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import psutil

from tests.bench.exchange import exchange
from tests.bench.logs import logs
from tests.bench.measure import alternate, cores, first_paint_ms, idle
from tests.bench.readers import readers
from tests.support.demo import Headless
from tests.support.terminal import Terminal

PYTHON = sys.executable
PROGRAM = [PYTHON, "-I", "-m", "entraclaw_tui"]
HELLO = [PYTHON, str(Path(__file__).with_name("hello.py"))]
RUNS = 9


def main() -> None:
    """Measure and print one row a figure."""
    print(f"{cores()} processors, Python {sys.version.split()[0]}, medians of {RUNS} runs\n")
    readers(_row)
    logs(_row)
    exchange(_row)
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    with Headless(folder) as demo:
        _commands(folder)
        _panel(folder)
        _worker(demo)
    _demo()


def _row(what: str, reached: str, reach: str = "") -> None:
    print(f"{what:<52} {reached:>24}   {reach}")


def _commands(root: Path) -> None:
    status = [*PROGRAM, "--root", str(root), "status", "--json"]
    nothing, version, look = alternate(
        RUNS, [PYTHON, "-c", "pass"], [*PROGRAM, "--version"], status
    )
    _row(
        "--version, own time / python -c pass", f"{version.wall_ms / nothing.wall_ms:.1f} x", "4 x"
    )
    # The tools that status calls are processes of their own and counted with it here.
    _row("status --json with its tools / python -c pass", f"{look.wall_ms / nothing.wall_ms:.1f} x")


def _panel(root: Path) -> None:
    ours = [*PROGRAM, "--root", str(root)]
    pairs = [
        (first_paint_ms(ours, r"running +pid \d+"), first_paint_ms(HELLO, "hello world"))
        for _ in range(5)
    ]
    ratio = statistics.median(a / b for a, b in pairs)
    ms = statistics.median(a for a, _ in pairs)
    _row("first paint with real data / hello world", f"{ratio:.2f} x ({ms:.0f} ms)", "1.35 x")
    hello, panel = Terminal(HELLO), Terminal(ours)
    try:
        hello.wait_for("hello world")
        panel.wait_for(r"running +pid \d+")
        base, cost = idle(hello, 5), idle(panel, 20)
    finally:
        hello.close()
        panel.close()
    _row("panel untouched, requests wait and end: CPU", f"{cost.cpu_percent:.2f} %", "0.5 %")
    _row(
        "panel untouched, requests wait and end: bytes",
        f"{cost.bytes_per_second:.0f} B/s",
        "100 B/s with none",
    )
    _row(
        "panel memory / hello world",
        f"{cost.memory_mb / base.memory_mb:.2f} x ({cost.memory_mb:.0f} MB)",
        "1.6 x",
    )


def _worker(demo: Headless) -> None:
    worker = psutil.Process(demo.worker_pid())
    worker.cpu_percent(None)
    cpu = worker.cpu_percent(20.0)
    _row("worker memory", f"{worker.memory_info().rss / 1e6:.0f} MB", "60 MB")
    _row("worker CPU while clients ask now and then", f"{cpu:.2f} %", "0.3 % idle")


def _demo() -> None:
    times = [first_paint_ms([*PROGRAM, "demo"], r"mcp-notes") for _ in range(5)]
    _row(
        "demo: start to the first requests on screen",
        f"{statistics.median(times):.0f} ms",
        "1500 ms",
    )


if __name__ == "__main__":
    main()
