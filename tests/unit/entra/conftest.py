"""An authority without sockets, on a clock that the test moves."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.demo.entra import state
from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.endpoints import Authority
from entraclaw_tui.macos.host import MARKER, Host, Marker


@pytest.fixture(scope="session")
def made() -> Iterator[tuple[Path, state.Provisioned]]:
    """An authority as it was made; tests work on copies."""
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
    (root / MARKER).write_bytes(msgspec.json.encode(marker))
    yield root, state.create(Host.open(root))
    shutil.rmtree(root)


@pytest.fixture
def provisioned(made: tuple[Path, state.Provisioned]) -> state.Provisioned:
    return made[1]


@pytest.fixture
def host(made: tuple[Path, state.Provisioned]) -> Iterator[Host]:
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    shutil.copytree(made[0], root, dirs_exist_ok=True)
    yield Host.open(root)
    shutil.rmtree(root)


@pytest.fixture
def now() -> list[float]:
    """The authority's clock; a test may turn it."""
    return [time.time()]


@pytest.fixture
def slept() -> list[float]:
    """How long the authority would have slept."""
    return []


@pytest.fixture
def authority(host: Host, now: list[float], slept: list[float]) -> Authority:
    return Authority(folder(host), 8443, clock=lambda: now[0], sleep=slept.append)
