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
def test_kills_lose_nothing(folder: Path, rounds: int) -> None:
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
    print(
        f"\n{'check':<34} {'reached':>12} {'asked':>8}\n"
        f"{'workers killed':<34} {rounds:>12} {rounds:>8}\n"
        f"{'acknowledged requests seen again':<34} {kept:>12}\n"
        f"{'acknowledged requests lost':<34} {lost:>12} {0:>8}\n"
        f"{'slowest way back, seconds':<34} {slowest:>12.1f}   (clocks x {SPEED})"
    )
    assert kept >= 4 * rounds
    assert lost == 0
