"""Somebody at 80x24 who wants to know why the agent does not run, and what its process gets."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PROGRAM, Headless

SECRET = "hunter2-of-another-program"
READING = 0.7
"""Seconds: a row that came under the cursor by itself is not meant at once."""


def test_a_crash_loop_explained_down_to_its_last_words(folder: Path, terminals: Terminals) -> None:
    with Headless(folder, "--scenario", "crash-loop") as demo:
        panel = terminals([*PROGRAM, "--root", str(demo.root)], columns=80, rows=24)
        panel.wait_for("8 Logs")
        panel.press("4")
        panel.wait_for("starts it again by itself, at most every 10 s")
        panel.press("enter")
        panel.wait_for("launchd has what the file says")
        panel.wait_for("exit 64 EX_USAGE: it was started with options that it do")
        panel.press("j", "j", "j", "enter")
        panel.wait_for("Error: No such option '--listen'")
        panel.press("escape")
        panel.wait_for("\u25b8 ended")
        panel.press("escape")
        panel.wait_for("8 Logs \u2500")
        panel.settle()
        panel.press("q")
        assert panel.wait_end() == 0


def test_a_value_is_on_the_screen_for_one_look(folder: Path, terminals: Terminals) -> None:
    with Headless(folder) as demo:
        tool = str(demo.root / "bin/launchctl")
        subprocess.run([tool, "setenv", "OTHER_API_KEY", SECRET], check=True)
        panel = terminals([*PROGRAM, "--root", str(demo.root)], columns=80, rows=24)
        panel.wait_for("8 Logs")
        panel.press("4", "enter")
        panel.wait_for("values, hidden")
        panel.press(*"jjjjjjj", "enter")
        panel.wait_for("OTHER_API_KEY .*hidden, 26 long")
        panel.press("/", *"OTHER", "enter")
        panel.wait_for("\u25b8 OTHER_API_KEY")
        panel.rest(READING)
        assert SECRET.encode() not in panel.raw
        panel.press("v")
        panel.wait_for("v once more shows it")
        panel.press("v")
        panel.wait_for(SECRET)
        panel.press("?")
        panel.wait_for("Go to a pane by its number|show the value|Show the selected")
        panel.press("escape")
        panel.wait_for("hidden, 26 long")
        assert SECRET not in panel.text
