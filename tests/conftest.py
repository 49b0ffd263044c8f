"""For all tests: one time zone, no colors from outside, snapshots in the top-level folder."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest_textual_snapshot
from syrupy.location import PyTestLocation

SNAPSHOTS = Path(__file__).resolve().parent.parent / "snapshots"


class TopLevelSvg(pytest_textual_snapshot.SVGImageExtension):  # type: ignore[misc]
    """Keeps `tests/.../test_x.py::test_y` as `snapshots/test_x/test_y.svg`."""

    file_extension = "svg"  # syrupy from 5 on does not look at the plugin's `_file_extension`

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        return str(SNAPSHOTS / test_location.basename)


@dataclass
class DiffWithoutEnvironment(pytest_textual_snapshot.SvgSnapshotDiff):  # type: ignore[misc]
    """The report of a failure embeds the environment; it may hold secrets and leaves the house."""

    def __post_init__(self) -> None:
        self.environment: dict[str, str] = {}


def pytest_configure() -> None:
    # The plugin looks both names up when a snapshot is compared.
    pytest_textual_snapshot.SVGImageExtension = TopLevelSvg
    pytest_textual_snapshot.SvgSnapshotDiff = DiffWithoutEnvironment
    os.environ.pop("NO_COLOR", None)  # read when an app is made
    os.environ["TZ"] = "UTC"
    time.tzset()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Run in the background by a shell: programs under test would inherit deaf ears.
        signal.signal(signal.SIGINT, signal.default_int_handler)
