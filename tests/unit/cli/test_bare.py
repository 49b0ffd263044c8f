"""The start without options needs no parser, and means the same as with one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from entraclaw_tui.cli import bare
from entraclaw_tui.cli.context import Settings

PROGRAM = [sys.executable, "-I", "-m", "entraclaw_tui"]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ([], Settings()),
        (["--root", "/mac"], Settings(Path("/mac"))),
        (["--root"], None),
        (["--root", "--readonly"], None),
        (["--root", "/mac", "status"], None),
        (["--readonly"], None),
        (["status"], None),
        (["--help"], None),
    ],
)
def test_only_a_bare_start_goes_past_the_parser(
    arguments: list[str], meant: Settings | None
) -> None:
    assert bare.settings(arguments) == meant


def _told(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_both_ways_in_say_the_same_of_a_folder_that_is_no_mac(tmp_path: Path) -> None:
    short = _told("--root", str(tmp_path))
    parsed = _told("--root", str(tmp_path), "--theme", "dark")
    assert short.returncode == parsed.returncode == 64
    assert short.stderr == parsed.stderr != ""


def test_a_shell_that_completes_a_line_gets_its_words(tmp_path: Path) -> None:
    told = _told(
        _ENTRACLAW_TUI_COMPLETE="bash_complete", COMP_WORDS="entraclaw-tui stat", COMP_CWORD="1"
    )
    assert told.stdout.split() == ["plain,status"]
