"""Something on the Mac is wrong: the panel explains it, and what it names mends it."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.stories.conftest import Open
from tests.support.story_mac import Mac, a_mac
from tests.support.story_panel import SSH, Panel

Begin = Callable[..., Mac]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Run a Mac in one of the demo's scenarios, its clocks twenty times as fast."""
    with ExitStack() as open_now:

        def begin(scenario: str) -> Mac:
            options = ("--scenario", scenario, "--speed", "20")
            return open_now.enter_context(a_mac(*options, quiet=False))

        yield begin


def explains(panel: Panel, sentence: str) -> None:
    """Open a finding, read what mends it, and go back."""
    panel.selects(sentence, pane="2")
    panel.press("enter")
    panel.sees("\u2500 Finding", "mend")


def copies(panel: Panel, sentence: str) -> list[str]:
    """Copy the command that a finding names, over SSH; return its words."""
    explains(panel, sentence)
    panel.press("c")
    panel.sees("Sent the command to the terminal")
    return shlex.split(panel.copied)


def test_a_crash_loop_is_explained_and_repaired(begin: Begin, opened: Open) -> None:
    mac = begin("crash-loop")
    panel = opened(mac, environment=SSH)
    panel.sees("worker not running")
    for _ in range(20):
        words = copies(panel, "The agent was started \\d+ times and failed")
        if words[3:] != ["jobs", "--story"]:
            break
        panel.press("r")  # it was looked at while a start was under way
    assert words == ["entraclaw-tui", "--root", str(mac.root), "agent", "install", "--yes"]
    panel.press("8")
    panel.sees("No such option '--listen'")
    assert mac.command(*words[3:]).returncode == 0
    panel.sees("\u25cf worker", seconds=40)
    panel.press("1")
    panel.sees("mcp-notes", seconds=40)


def test_a_disabled_job_is_enabled_by_the_command_it_names(begin: Begin, opened: Open) -> None:
    mac = begin("disabled")
    panel = opened(mac, environment=SSH)
    panel.sees("worker not loaded")
    words = copies(panel, "The agent's job is disabled")
    assert words == ["entraclaw-tui", "--root", str(mac.root), "agent", "start", "--yes"]
    assert mac.command(*words[3:]).returncode == 0
    panel.sees("\u25cf worker", seconds=40)
    panel.sees_no("job is disabled")


def test_a_missing_log_folder_is_made(begin: Begin, opened: Open) -> None:
    mac = begin("ex-config")
    panel = opened(mac, environment=SSH)
    panel.sees("worker not running")
    tool, *words = copies(panel, "folder")
    assert (tool, words[-1].endswith("Logs/entraclaw-old")) == ("/bin/mkdir", True)
    subprocess.run([tool, *words], check=True)
    panel.sees("\u25cf worker", seconds=40)


def test_an_ended_certificate_is_named_with_its_date(begin: Begin, opened: Open) -> None:
    panel = opened(begin("expired-cert"))
    panel.press("2")
    panel.sees("certificate has ended")
    panel.press("enter")
    panel.sees(r"not after 20\d\d-\d\d-\d\d", "agent credential new", "AADSTS700027")


def test_a_grant_of_the_old_python_is_told_beside_the_new_one(begin: Begin, opened: Open) -> None:
    panel = opened(begin("stale-grant"), environment=SSH)
    panel.press("2")
    panel.sees("Full Disk Access belongs to 3.14.5/bin/python3.14")
    panel.press("enter")
    panel.sees("granted: /opt/homebrew/Cellar", "an upgrade changed")


def test_nobody_at_the_screen_is_told_as_such(begin: Begin, opened: Open) -> None:
    panel = opened(begin("no-desktop"), environment=SSH)
    panel.sees("\u25cf worker")
    panel.press("4")
    panel.sees("user/501", "running")
