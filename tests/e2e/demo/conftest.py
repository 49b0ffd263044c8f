"""The whole product on a pretend Mac, for each test its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.demo import Headless
from tests.support.terminal import Terminal


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path (a socket's has 103 bytes at most), gone after the test."""
    place = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def headless(folder: Path) -> Iterator[Headless]:
    """A pretend Mac without a panel."""
    with Headless(folder) as demo:
        yield demo


class Terminals:
    """Terminals of one test; all are closed after it."""

    def __init__(self) -> None:
        self._open: list[Terminal] = []

    def __call__(
        self,
        command: list[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: dict[str, str] | None = None,
    ) -> Terminal:
        terminal = Terminal(command, columns=columns, rows=rows, environment=environment)
        self._open.append(terminal)
        return terminal

    def close(self) -> None:
        for terminal in self._open:
            terminal.close()


@pytest.fixture
def terminals() -> Iterator[Terminals]:
    """Open a program in a terminal."""
    some = Terminals()
    yield some
    some.close()
