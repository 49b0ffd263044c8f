"""Faults: a short form of each runs with every test, the long one with `make fault`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path (a socket's has 103 bytes at most), gone after the test."""
    place = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    yield place
    shutil.rmtree(place, ignore_errors=True)
