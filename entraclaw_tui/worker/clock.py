"""The two clocks, in one hand that a test can hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time tells when; monotonic time tells how long. A deadline asks both."""

    wall: Callable[[], float] = time.time
    """Seconds since 1970; a person or the network may set it."""
    mono: Callable[[], float] = time.monotonic
    """Seconds that only grow; on a Mac they stand still in sleep."""
