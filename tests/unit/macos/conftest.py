"""A folder that is a Mac as far as these tests need one, with shell scripts for its tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from tests.support.bare_mac import bare_mac


@pytest.fixture
def mac() -> Iterator[Host]:
    with bare_mac() as host:
        host.home.mkdir(parents=True)
        yield host


@pytest.fixture
def tool(mac: Host) -> Callable[[str, str], Path]:
    """Return what makes a tool of the Mac from its path and the body of a shell script."""

    def make(path: str, body: str) -> Path:
        place = mac.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        # Written by another name first: a file that is still open for writing cannot be run.
        draft = place.with_suffix(".new")
        draft.write_text(f"#!/bin/sh\n{body}\n")
        draft.chmod(0o700)
        draft.rename(place)
        return place

    return make


@pytest.fixture
def descriptors() -> Callable[[], int]:
    """Return what counts this process's open descriptors, on Linux and on a Mac."""
    folder = Path("/proc/self/fd") if os.uname().sysname == "Linux" else Path("/dev/fd")
    return lambda: len(list(folder.iterdir()))
