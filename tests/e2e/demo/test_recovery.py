"""A killed worker comes back by launchd, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal

from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PROGRAM, Headless, until


def test_a_killed_worker_loses_no_request_and_the_panel_finds_it_again(
    headless: Headless, terminals: Terminals
) -> None:
    until(lambda: len(headless.look("requests")) >= 4, "four requests")
    before = {request["id"] for request in headless.look("requests")}
    old = headless.worker_pid()
    panel = terminals([*PROGRAM, "--root", str(headless.root)])
    panel.wait_for(f"{old}")
    panel.wait_for("report-bot")
    panel.settle()

    os.kill(old, signal.SIGKILL)

    panel.wait_for(r"restarted by launchd, pid \d+", seconds=30)
    new = headless.worker_pid()
    assert new != old
    panel.wait_for(f"{new}")
    panel.wait_for("report-bot")
    after = {request["id"]: request for request in headless.look("requests", "--all")}
    assert before <= set(after), "an acknowledged request was lost"
    assert all(after[id]["state"] in ("pending", "expired") for id in before)
    assert any(after[id]["state"] == "pending" for id in before)
