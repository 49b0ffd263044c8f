"""The worker killed again and again while programs ask: nothing acknowledged is ever lost."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.demo import Headless, until
from tests.support.fault_table import Rows

SPEED = "40"
"""launchd's clocks, so that its ten seconds between two starts are a quarter of one."""
FINAL = {"delivered", "denied", "expired", "cancelled", "failed"}


def requests_of(demo: Headless) -> dict[str, dict[str, Any]]:
    """Every request the worker knows, by its id."""
    return {request["id"]: request for request in demo.look("requests", "--all")}


def next_worker(demo: Headless, before: int) -> int | None:
    """The pid of the worker that came after `before` and answers."""
    job = demo.look("jobs")
    pid = job["value"]["pid"] if "value" in job else None
    if pid in (None, before) or demo.command("requests", "--json").returncode != 0:
        return None
    return int(pid)


@pytest.mark.parametrize(
    "rounds",
    [pytest.param(3, id="short"), pytest.param(60, id="long", marks=pytest.mark.fault)],
)
def test_kills_lose_nothing(folder: Path, table: Rows, rounds: int) -> None:
    chance = random.Random(20261124)
    kept = lost = 0
    slowest = 0.0
    with Headless(folder, "--speed", SPEED) as demo:
        until(lambda: len(requests_of(demo)) >= 4, "four requests")
        for _ in range(rounds):
            before = requests_of(demo)
            pid = demo.worker_pid()
            time.sleep(chance.uniform(0.005, 0.5))
            os.kill(pid, signal.SIGKILL)
            start = time.monotonic()
            new = until(lambda old=pid: next_worker(demo, old), "the next worker", seconds=30)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - start)
            after = requests_of(demo)
            for id, request in before.items():
                same = id in after and (
                    request["state"] not in FINAL or after[id]["state"] == request["state"]
                )
                kept, lost = kept + same, lost + (not same)
            assert demo.look("audit", "verify")["ok"] is True
            assert psutil.pid_exists(new)
    table(f"workers killed beneath the demo's clients (clocks x {SPEED})", rounds, rounds)
    table("their acknowledged requests seen again", kept, 4 * rounds)
    table("their acknowledged requests lost", lost, 0)
    table("slowest way back to serving, seconds", slowest)
    assert kept >= 4 * rounds
    assert lost == 0
