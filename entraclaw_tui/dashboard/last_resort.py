"""Ends the process where the panel itself cannot.

A terminal that takes no more output blocks whoever writes to it (Textual 8 waits for room in its
writer's queue), and with it everything that would hear a signal. Once such a terminal hangs up, its
writer is gone and the wait has no end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType

Attributes = list[int | list[bytes | int]]
LOOK = 5.0
"""Seconds between two looks whether the terminal is still there."""
GRACE = 3.0
"""Seconds that the panel has to end by itself."""


def watch(gone: Callable[[], bool], numbers: tuple[signal.Signals, ...]) -> None:
    """Look after the terminal from a thread of its own, and after these signals.

    Call it on the main thread, once asyncio has been told of the signals: its own way of hearing
    them goes on.
    """
    kept = _attributes()

    def leave(number: int) -> None:
        time.sleep(GRACE)
        if kept is not None:
            with contextlib.suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(sys.__stdin__ or 0, termios.TCSANOW, kept)
        os._exit(128 + number)

    def hear(number: int, frame: FrameType | None) -> None:
        del frame
        threading.Thread(target=leave, args=(number,), name="last-resort", daemon=True).start()

    def look() -> None:
        while not gone():
            time.sleep(LOOK)
        os.kill(os.getpid(), signal.SIGHUP)
        leave(signal.SIGHUP)

    for number in numbers:
        signal.signal(number, hear)
    threading.Thread(target=look, name="terminal", daemon=True).start()


def leave_within(seconds: float, code: int) -> Callable[[], None]:
    """End the process with `code` after `seconds`, unless what this returns is called before."""
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.name, timer.daemon = "last-resort", True
    timer.start()
    return timer.cancel


def _attributes() -> Attributes | None:
    try:
        return termios.tcgetattr(sys.__stdin__ or 0)
    except (termios.error, OSError, ValueError):
        return None
