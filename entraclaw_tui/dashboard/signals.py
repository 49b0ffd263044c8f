"""What ends the panel from outside: the terminal must be given back each time."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import termios
import traceback
from collections.abc import Callable

from rich.text import Text
from textual.app import App

from entraclaw_tui.dashboard.last_resort import watch
from entraclaw_tui.text import clean_block

_ENDING = (signal.SIGHUP, signal.SIGTERM)


def catch(ended: Callable[[int], None], *, last_resort: bool) -> Callable[[], None]:
    """Call `ended` with the signal's number where one asks us to end; return what undoes it.

    Textual handles neither: without this an SSH line that drops leaves the process half alive.
    With `last_resort` the process ends even where the panel cannot hear that.
    """
    loop = asyncio.get_running_loop()
    caught: list[signal.Signals] = []
    for number in _ENDING:
        # Off the main thread (a test) signals cannot be caught.
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            loop.add_signal_handler(number, ended, int(number))
            caught.append(number)
    if last_resort:
        watch(terminal_gone, tuple(caught))

    def restore() -> None:
        for number in caught:
            loop.remove_signal_handler(number)

    return restore


def terminal_gone() -> bool:
    """Return whether nobody can see or type any more.

    Whoever started us may have swallowed the signal that says so; reading ends in silence then.
    """
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (termios.error, OSError, ValueError):
        return True
    return False


def forget_locals(app: App[None]) -> None:
    """End the app over an error that nobody caught, with a traceback that has no values in it."""
    told = clean_block("".join(traceback.format_exception(*sys.exc_info())))
    app.panic(Text(told))
