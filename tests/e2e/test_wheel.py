"""The wheel carries all it needs: built, put into an empty environment, and run as the demo."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="ec-venv-", dir="/tmp"))
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
    pip = [str(place / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    lock = str(ROOT / "locks/runtime.txt")
    subprocess.run(
        [*pip, "install", "--require-hashes", "-r", lock], check=True, capture_output=True
    )
    subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True, capture_output=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if "dist-info" not in name}
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "entraclaw_tui").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= packed


def test_the_demo_runs_from_the_wheel(environment: Path) -> None:
    terminal = Terminal([str(environment / "bin/entraclaw-tui"), "demo"])
    try:
        terminal.wait_for("PRETEND MAC", seconds=30)
        terminal.wait_for("mcp-notes", seconds=30)
        terminal.press("q")
        assert terminal.wait_end() == 0
    finally:
        terminal.close()
