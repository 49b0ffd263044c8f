"""Requests pop up under the hands of somebody who types: nothing is granted by accident."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.fault_table import Rows
from tests.support.sizes import sizes
from tests.support.terminal import Terminal

SCRIPT = Path(__file__).parents[1] / "support" / "typist_panel.py"
GAP = 1 / 12
"""Seconds between two keys."""
TEXT = "yA yes\r Allow\rA1 2y\rAAA y\r\x1b[200~Ay\r12\x1b[201~ tA\r\tA y\x7fA\rnA 7A"
"""What is typed over and over: everything that could mean yes, and nothing that leaves."""


class Hands:
    """Types without a pause, whatever is on the screen."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._keys = _keys(TEXT)
        self._at = 0
        self._last = 0.0

    def type(self, seconds: float) -> None:
        """Go on typing that long."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if time.monotonic() - self._last > 2 * GAP:
                # This machine kept the hands from typing: no yes after such a pause.
                self._terminal.press("z")
            self._last = time.monotonic()
            self._terminal.press(self._keys[self._at % len(self._keys)])
            self._at += 1
            self._terminal.rest(max(0.0, self._last + GAP - time.monotonic()))


def _keys(text: str) -> list[str]:
    """Return the keys of a text; what is pasted comes in one go."""
    found = []
    while text:
        end = text.find("\x1b[201~") + 6 if text.startswith("\x1b[200~") else 1
        found.append(text[:end])
        text = text[end:]
    return found


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    with closing(Terminal([sys.executable, "-B", str(SCRIPT), str(folder)])) as terminal:
        terminal.wait_for("Requests", seconds=40)
        yield terminal


def order(folder: Path, line: str) -> None:
    with (folder / "orders").open("a") as file:
        file.write(line + "\n")


def lines(folder: Path, name: str) -> list[str]:
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


@sizes(12, 1000)
def test_nobody_allows_by_typing(
    folder: Path, terminal: Terminal, table: Rows, rounds: int
) -> None:
    chance = random.Random(13)
    hands = Hands(terminal)
    for number in range(rounds):
        order(folder, f"{chance.choice(('pop', 'pop', 'ask'))} r{number}")
        hands.type(chance.uniform(0.3, 1.2))
        order(folder, f"end r{number}")
    terminal.until(lambda: len(lines(folder, "shown")) == 2 * rounds, "every pop-up")
    granted = [line for line in lines(folder, "decided") if line.endswith("allow")]
    table("requests that came under typing hands", rounds, rounds)
    table("granted by them", len(granted), 0)
    assert granted == []
    # The same hands, but meant: it works at once.
    seconds = meant(folder, terminal, "meant")
    table("a deliberate yes takes, s", seconds, "<= 1.2")
    assert seconds <= (1.2 if rounds == 1000 else 10.0)


def meant(folder: Path, terminal: Terminal, id: str) -> float:
    """Return how long somebody needs from seeing a request to having allowed it."""
    order(folder, f"pop {id}")
    terminal.until(lambda: lines(folder, "shown")[-1:] == [id], "the sheet")
    start = time.monotonic()
    while f"{id} allow" not in lines(folder, "decided"):
        terminal.rest(0.6)  # who reads leaves the keys alone: half a second, and a bit
        terminal.press("A")
        terminal.rest(0.05)
        assert time.monotonic() - start < 10, terminal.text
    return time.monotonic() - start
