"""`make bench`: the numbers of the README, each against a yardstick of the same run."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import psutil

from tests.bench.exchange import exchange
from tests.bench.keys import keys
from tests.bench.logs import logs
from tests.bench.measure import alternate, cores, first_paint_ms
from tests.bench.panel import PROGRAM, panel
from tests.bench.readers import readers
from tests.support.demo import Headless

PYTHON = sys.executable
RUNS = 9


def main() -> None:
    """Measure and print one row a figure."""
    print(f"{cores()} processors, Python {sys.version.split()[0]}, medians of {RUNS} runs\n")
    readers(_row)
    logs(_row)
    keys(_row)
    exchange(_row)
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    with Headless(folder) as demo:
        _commands(folder)
        panel(_row, demo, RUNS)
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
    _row(
        "status --json, own processor time / python -c pass",
        f"{look.own_ms / nothing.own_ms:.1f} x",
        "12 x",
    )
    _row("  with the tools that it calls and waits for", f"{look.wall_ms / nothing.wall_ms:.1f} x")


def _worker(demo: Headless) -> None:
    worker = psutil.Process(demo.worker_pid())
    worker.cpu_percent(None)
    cpu = worker.cpu_percent(20.0)
    _row("worker memory", f"{worker.memory_info().rss / 1e6:.0f} MB", "60 MB")
    _row("worker CPU, nothing pending", f"{cpu:.2f} %", "0.3 %")


def _demo() -> None:
    times = [first_paint_ms([*PROGRAM, "demo"], r"mcp-notes") for _ in range(5)]
    _row(
        "demo: start to the first requests on screen",
        f"{statistics.median(times):.0f} ms",
        "1500 ms",
    )


if __name__ == "__main__":
    main()
