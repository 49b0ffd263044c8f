"""States of the agent's job, seen from the command line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

from entraclaw_tui.demo.scenarios.names import LINES
from entraclaw_tui.demo.scenarios.table import SCENARIOS
from tests.support.demo import PROGRAM, Headless, until

if TYPE_CHECKING:
    from tests.e2e.scenarios.conftest import Scene

    Begin = Callable[..., Scene]


def test_healthy(scene: Begin) -> None:
    demo = scene("healthy")
    assert "It shows         healthy: " in demo.said
    job = demo.job()
    assert (job["state"], job["domain"]) == ("running", "gui/501")
    assert demo.worker() is not None
    assert "error" not in demo.findings().values()


def test_a_crash_loop(scene: Begin) -> None:
    demo = scene("crash-loop")
    assert "It shows         crash-loop: the worker ends at every start" in demo.said
    job = demo.job()
    assert (job["state"], job["pid"], job["last_exit"]) == ("spawn scheduled", None, "64: EX_USAGE")
    assert job["runs"] > 40
    assert "penalty box" in job["properties"]
    assert demo.findings()["crash-loop"] == "error"
    caught = (demo.root / "Users/demo/.config/entraclaw/logs/agent.err.log").read_text()
    assert "--listen" in caught, "the log says why"


def test_a_log_folder_that_is_missing(scene: Begin) -> None:
    demo = scene("ex-config")
    job = demo.job()
    assert (job["state"], job["last_exit"]) == ("spawn scheduled", "78: EX_CONFIG")
    assert not (demo.root / "Users/demo/Library/Logs/entraclaw-old").exists()
    assert "error" in demo.findings().values()


def test_a_disabled_label(scene: Begin) -> None:
    demo = scene("disabled")
    assert demo.job()["type"] == "empty"
    assert demo.worker() is None
    assert demo.findings()["label-disabled"] == "error"
    told = demo.command("status")
    assert told.returncode == 2


def test_switched_off_in_login_items(scene: Begin) -> None:
    demo = scene("login-items-off")
    assert demo.job()["type"] == "empty"
    assert "error" in demo.findings().values()


def test_a_start_that_macos_holds_back(scene: Begin) -> None:
    demo = scene("pended")
    job = demo.job()
    assert (job["state"], job["runs"], job["pended"]) == ("not running", 0, "speculative")
    assert demo.findings()["start-pended"] == "error"
    # The repair is a start that somebody asks for, and it is all that is needed.
    assert demo.command("agent", "start", "--yes").returncode == 0
    assert demo.job()["state"] == "running"
    until(lambda: demo.worker(), "the worker answers")


def test_code_that_was_replaced(scene: Begin) -> None:
    demo = scene("lwcr")
    job = demo.job()
    assert (job["pid"], job["last_reason"]) == (None, "OS_REASON_CODESIGNING")
    assert "needs LWCR update" in job["properties"]
    assert demo.findings()["program-changed"] == "error"


def test_nobody_at_the_screen(scene: Begin) -> None:
    demo = scene("no-desktop")
    job = demo.job()
    assert (job["state"], job["domain"]) == ("running", "user/501")
    assert demo.worker() is not None


def test_a_folder_keeps_its_scenario(scene: Begin) -> None:
    demo = scene("disabled")
    demo.stop()
    other = ("demo", "--headless", "--dir", str(demo.root), "--scenario", "pended")
    refused = demo.command(*other)
    assert refused.returncode == 64
    assert "shows disabled; name another folder for pended." in refused.stderr
    with Headless(demo.root) as again:
        assert "It shows         disabled: " in again.said
        assert again.look("jobs")["type"] == "empty"


def test_the_help_tells_every_scenario() -> None:
    assert set(LINES) == set(SCENARIOS)
    told = subprocess.run(
        [*PROGRAM, "demo", "--help"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    rows = [line.split() for line in told.partition("Scenarios:")[2].splitlines() if line.strip()]
    assert [row[0] for row in rows if row[0] in LINES] == list(LINES)
