"""How long a key takes until what it does is painted, in a panel that is overfull."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from tests.bench.crowd import ITEMS, JOBS, REQUESTS
from tests.bench.measure import first_paint_ms
from tests.support.terminal import Terminal

KEYS = 100
STARTS = 9
_PAINTED = b"\x1b[?2026l"
"""What ends a picture on a terminal that takes pictures whole."""


def keys(row: Callable[[str, str, str], None]) -> None:
    """Measure and print one row a figure."""
    # From the working folder, as the bench itself: the program is one of its files.
    program = [sys.executable, "-m", "tests.bench.crowd"]
    panel = Terminal(program)
    try:
        panel.wait_for(rf"{REQUESTS} waiting")
        panel.settle(1.0)
        panel.drawing = False
        for number, what in (("1", f"{REQUESTS} pending requests"), ("5", f"{ITEMS:,} items")):
            panel.press(number)
            panel.settle()
            row(f"key to paint, p95, beside {JOBS:,} jobs: {what}", _p95(panel, "jk"), "50 ms")
    finally:
        panel.close()
    times = [first_paint_ms(program, rf"{REQUESTS} waiting") for _ in range(STARTS)]
    ms = statistics.median(times)
    row(f"  list of {REQUESTS} painted, from the program's start", f"{ms:.0f} ms", "300 ms")


def _p95(panel: Terminal, pressed: str) -> str:
    times = [_taken(panel, pressed[n // 10 % len(pressed)]) for n in range(KEYS)]
    return f"{statistics.quantiles(times, n=20)[-1]:.0f} ms (p50 {statistics.median(times):.0f})"


def _taken(panel: Terminal, key: str) -> float:
    """Return the milliseconds from a key to the end of the picture that follows it."""
    panel.settle(0.06)
    seen, start = len(panel.raw), time.perf_counter()
    panel.press(key)
    panel.until(lambda: _PAINTED in panel.raw[seen:], f"a picture after {key!r}", seconds=5.0)
    return (time.perf_counter() - start) * 1000
