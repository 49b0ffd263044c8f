"""What the panel costs: its first picture, its rest, its memory, beside other programs."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.demo.clients.installing import programs
from entraclaw_tui.macos.host import Host
from tests.bench.measure import Idle, first_paint_ms, idle
from tests.support.demo import Headless, until
from tests.support.terminal import Terminal

Row = Callable[[str, str, str], None]
# Both without the person's own site folder and without the working folder: alike.
PROGRAM = [sys.executable, "-I", "-m", "entraclaw_tui"]
HELLO = [sys.executable, "-I", str(Path(__file__).with_name("hello.py"))]
SHOWN = r"running +pid \d+"
ISD = "isd"
SETTLED = 70.0
"""Seconds before the panel counts as idle: in a first minute ages are told every ten seconds."""


def panel(row: Row, demo: Headless, runs: int) -> None:
    """Measure and print one row a figure, on a demo whose requests end first."""
    ours = [*PROGRAM, "--root", str(demo.root)]
    _first_paint(row, ours, runs)
    quiet(demo)
    base, cost = _rest(HELLO, "hello world", 2, 5), _rest(ours, SHOWN, SETTLED, 60)
    row("panel idle past its first minute: CPU", f"{cost.cpu_percent:.2f} %", "0.5 %")
    row(
        "panel idle past its first minute: to the terminal",
        f"{cost.bytes_per_second:.0f} B/s",
        "100 B/s",
    )
    row(
        "panel memory / hello world",
        f"{cost.memory_mb / base.memory_mb:.2f} x ({cost.memory_mb:.0f} MB)",
        "1.6 x",
    )


def _first_paint(row: Row, ours: list[str], runs: int) -> None:
    first_paint_ms(ours, SHOWN), first_paint_ms(HELLO, "hello world")  # fill the caches
    pairs = [
        (first_paint_ms(ours, SHOWN), first_paint_ms(HELLO, "hello world")) for _ in range(runs)
    ]
    ratio = statistics.median(a / b for a, b in pairs)
    ms = statistics.median(a for a, _ in pairs)
    row("first paint with real data / hello world", f"{ratio:.2f} x ({ms:.0f} ms)", "1.35 x")
    best = min(a for a, _ in pairs) / min(b for _, b in pairs)
    row("  the fastest of each, where others use the machine", f"{best:.2f} x", "")
    other = shutil.which(ISD)
    if other is None:
        row("  isd, its first paint", "not installed here", "")
    else:
        times = [first_paint_ms([other], r"\w{3}") for _ in range(3)]
        row("  isd, its first paint", f"{statistics.median(times):.0f} ms", "")


def quiet(demo: Headless) -> None:
    """Send the demo's own clients away, and wait until nothing is pending."""
    host = Host.open(demo.root)
    for program in programs(host):
        subprocess.run(
            [demo.root / "bin/launchctl", "bootout", f"{host.domain}/{program.story.label}"],
            capture_output=True,
            check=False,
        )
    until(lambda: demo.look("status")["counts"]["pending"] == 0, "the end of requests", seconds=150)


def _rest(command: list[str], shown: str, before: float, seconds: float) -> Idle:
    terminal = Terminal(command)
    try:
        terminal.wait_for(shown)
        terminal.rest(before)
        return idle(terminal, seconds)
    finally:
        terminal.close()
