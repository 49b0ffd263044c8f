"""FIFOs lie where our files belong: every command still answers, and whoever leaves is let go."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from tests.support.demo import PROGRAM, Headless
from tests.support.terminal import Terminal


@pytest.fixture(scope="module")
def blocked() -> Iterator[Headless]:
    """A demo whose files were taken away and replaced once its worker ran."""
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    with Headless(folder) as demo:
        places = Places.of(Host.open(folder))
        for path in (
            places.plist,
            places.config,
            places.worker_log,
            places.agent_out,
            places.agent_err,
            places.install_record,
            *places.audit_dir.glob("*.jsonl"),
        ):
            path.unlink(missing_ok=True)
            os.mkfifo(path)
        yield demo
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "words", [("status",), ("doctor",), ("jobs", "--story"), ("audit", "verify"), ("logs",)]
)
def test_every_command_answers(blocked: Headless, words: tuple[str, ...]) -> None:
    assert blocked.command(*words).returncode in (0, 1, 2)


def test_the_doctor_names_what_is_no_file(blocked: Headless) -> None:
    said = blocked.command("doctor").stdout
    assert "it is not a plain file" in said


def test_the_panel_opens_and_ends(blocked: Headless) -> None:
    panel = Terminal([*PROGRAM, "--root", str(blocked.root)])
    try:
        panel.wait_for("plain file")
        panel.press("q")
        assert panel.wait_end() == 0
    finally:
        panel.close()
