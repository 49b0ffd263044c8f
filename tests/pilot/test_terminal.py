"""The panel in a real terminal: what ends it gives the terminal back."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.terminal import Terminal

_PROGRAM = [
    sys.executable,
    "-c",
    "from tests.support.panel import Stage; s = Stage(); s.panel.run(); exit(s.panel.return_code)",
]
_ALT_SCREEN_OFF = b"\x1b[?1049l"


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with closing(Terminal(_PROGRAM, environment={"PYTHONPATH": "."})) as terminal:
        terminal.wait_for("3 waiting")
        yield terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    assert terminal.wait_end() == 128 + number
    assert _ALT_SCREEN_OFF in terminal.raw
    assert terminal.modes == terminal.before


def test_quit_ends_with_zero(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.wait_end() == 0
    assert _ALT_SCREEN_OFF in terminal.raw


def test_ctrl_c_quits(terminal: Terminal) -> None:
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0


def test_a_closed_terminal_ends_it(terminal: Terminal) -> None:
    terminal.hang_up()
    assert terminal.wait_end() in (0, 128 + signal.SIGHUP)


_CRASH = """
from tests.support.panel import Stage
stage = Stage()
def broken():
    pin = "".join(["13", "57", "90"])
    raise RuntimeError(f"cannot go on with {len(pin)} digits")
stage.panel.action_quit = broken
stage.panel.run()
exit(stage.panel.return_code)
"""


def test_a_crash_tells_where_and_no_values() -> None:
    program = [sys.executable, "-c", _CRASH]
    with closing(Terminal(program, environment={"PYTHONPATH": "."})) as terminal:
        terminal.wait_for("3 waiting")
        terminal.press("q")
        assert terminal.wait_end() != 0
        assert b"cannot go on with 6 digits" in terminal.raw
        assert b"in broken" in terminal.raw
        assert b"135790" not in terminal.raw
        assert terminal.modes == terminal.before


def test_idle_it_writes_nothing(terminal: Terminal) -> None:
    terminal.settle()
    written = len(terminal.raw)
    terminal.rest(2.0)
    assert len(terminal.raw) - written <= 200
