"""A row of numbers as a row of bars."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.text import Shown


def sparkline(numbers: Sequence[float], bars: Sequence[str]) -> Shown:
    """Return one bar a number, the highest for the largest. Numbers are 0 or more."""
    most = max(numbers, default=0.0)
    if most <= 0:
        return Shown(bars[0] * len(numbers))
    top = len(bars) - 1
    return Shown("".join(bars[round(number / most * top)] for number in numbers))
