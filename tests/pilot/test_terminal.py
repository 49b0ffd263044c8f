"""The panel in a real terminal: what ends it gives the terminal back."""

from __future__ import annotations

import base64
import re
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


@pytest.mark.parametrize("how", ["hung up", "ended"])
def test_a_terminal_that_takes_no_more_output_still_lets_it_end(
    terminal: Terminal, how: str
) -> None:
    terminal.leave_unread("?", "escape")
    if how == "hung up":
        terminal.hang_up()
    else:
        terminal.signal(signal.SIGTERM)
    assert terminal.wait_end(reading=False) in (0, 128 + signal.SIGHUP, 128 + signal.SIGTERM)


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


_OVER_SSH = """
import msgspec
from tests.support.panel import NOW, Stage, always, sources
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.source import Loaded
far = Machine("studio", "demo", 501, "26.5", "25F71", "user/501", False, True, False)
stage = Stage(mac=sources(machine=always(Loaded(far, NOW))), pretend=False)
stage.panel.run()
"""


@pytest.mark.parametrize(
    ("environment", "wrapped"),
    [
        ({}, b""),
        ({"TMUX": "/tmp/tmux-501/default,1,0"}, b"\x1bPtmux;\x1b\x1b]52;c;"),
        ({"STY": "1.ttys001.studio"}, b"\x1bP\x1b]52;c;\x1b\\\x1bP"),
    ],
    ids=["alone", "tmux", "screen"],
)
def test_over_ssh_a_line_goes_to_the_terminal_s_clipboard(
    environment: dict[str, str], wrapped: bytes
) -> None:
    program = [sys.executable, "-c", _OVER_SSH]
    more = {"PYTHONPATH": ".", **environment}
    with closing(Terminal(program, columns=160, environment=more)) as terminal:
        terminal.wait_for("macOS 26.5")  # by then it is known that this is SSH
        terminal.wait_for("offline_access")
        terminal.press("8", "c")
        terminal.wait_for("Sent the line to the terminal")
        (told,) = re.findall(rb"(?<!\x1b)(?<!\x1bP)\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", terminal.raw)
        assert b"offline_access" in base64.b64decode(told)
        assert wrapped in terminal.raw
