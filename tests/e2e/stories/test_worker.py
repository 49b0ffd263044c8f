"""The worker goes, and tools hang: the panel says so, stays usable, and finds back by itself."""

from __future__ import annotations

from contextlib import closing

from tests.e2e.stories.conftest import Open
from tests.support.raw_client import RawClient
from tests.support.story_mac import Mac, a_mac
from tests.support.story_panel import Panel

OPTIONS = ("--speed", "20")
"""launchd waits ten seconds before it starts a job again; here half a second."""


def test_without_a_worker_the_mac_still_shows(mac: Mac, panel: Panel) -> None:
    panel.sees("\u25cf worker")
    mac.unloads_the_worker()
    panel.sees("worker not loaded")
    panel.press("5")
    panel.sees("research-bot:v1")
    panel.press("6")
    panel.sees("Full Disk Access")
    panel.press("u")
    panel.sees("The worker is not running: it has no socket")
    assert "PIN opens this panel" not in panel.text
    assert mac.command("agent", "start", "--yes").returncode == 0
    panel.sees("\u25cf worker", seconds=40)


def test_an_open_session_ends_with_the_worker(mac: Mac, panel: Panel) -> None:
    panel.unlocks()
    panel.sees("session open")
    old = mac.kills_the_worker()
    panel.sees(rf"restarted by launchd, pid (?!{old}\b)\d+", seconds=40)
    panel.sees("\u25cf worker")
    assert "session open" not in panel.text
    mac.asks("mcp-notes", "User.Read")
    panel.opens("User.Read", "mcp-notes")
    panel.sees("Unlock first")


def test_a_worker_that_was_paused_says_so(opened: Open) -> None:
    with a_mac() as mac:
        panel = opened(mac)
        with closing(RawClient(mac.control_socket)) as other:
            other.hello("panel")
            other.result("worker.pause")
        panel.sees("paused")
        assert mac.refuses("mcp-notes", "User.Read") == "paused"
        panel.press("2")
        panel.sees("The agent is paused")


def test_a_hung_tool_spoils_one_pane_alone(mac: Mac, opened: Open) -> None:
    with mac.hangs("usr/bin/security"):
        panel = opened(mac)
        panel.press("4")
        panel.sees("running +pid")
        panel.press("6")
        panel.sees("Full Disk Access")
        panel.press("5")
        panel.sees("did not answer|took longer|no answer|in time", seconds=30)
    panel.press("r")
    panel.sees("research-bot:v1", seconds=30)


def test_it_ends_at_once_with_a_sheet_open_and_a_tool_hanging(mac: Mac, opened: Open) -> None:
    mac.asks("mail-helper", "User.Read")
    with mac.hangs("usr/bin/security"), mac.hangs("usr/bin/codesign"):
        panel = opened(mac)
        panel.opens("User.Read", "mail-helper")
        panel.press("ctrl+c")
        assert panel.wait_end(seconds=5.0) == 0
    assert panel.modes == panel.before
