"""Faults: a short form of each runs with every test, the long one with `make fault`.

A test adds its figures with the fixture `table`; they are printed together when all have run, and
`make fault` keeps them in build/fault.txt.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fault_table import Row, Rows, lines, rows_of

_OPTION = "--fault-table"
_ROWS = pytest.StashKey[list[Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(_OPTION, metavar="FILE", help="write the table of the fault forms here")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ROWS] = []
    config.pluginmanager.register(_Gathering(config), "fault-table")


class _Gathering:
    """Hears of every test's end."""

    def __init__(self, config: pytest.Config) -> None:
        self._rows = config.stash[_ROWS]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._rows += rows_of(report.user_properties)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash.get(_ROWS, [])
    if not rows:
        return
    terminalreporter.section("faults")
    for line in lines(rows):
        terminalreporter.write_line(line)
    path = config.getoption(_OPTION, default=None)
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("\n".join(lines(rows)) + "\n", encoding="utf-8")


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Rows:
    """Add rows to the one table."""
    return Rows(request.node.user_properties)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path (a socket's has 103 bytes at most), gone after the test."""
    place = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    yield place
    shutil.rmtree(place, ignore_errors=True)
