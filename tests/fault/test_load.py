"""A real worker under load, at rest, and for half an hour: it answers, and it does not grow."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.worker.log import FILES, SIZE
from tests.support.decider import command_of
from tests.support.demo import PIN
from tests.support.event_client import EventClient
from tests.support.fault_table import Rows
from tests.support.jottings import jotted
from tests.support.running_worker import RunningWorker, running_worker
from tests.support.terminal import Terminal

GRAPH = "https://graph.microsoft.com"
SUPPORT = Path(__file__).parents[1] / "support"
MEGABYTE = 1024 * 1024
SOAK = float(os.environ.get("ENTRACLAW_SOAK_SECONDS", "1800"))


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running


def process_of(worker: RunningWorker) -> psutil.Process:
    assert worker.process is not None
    return psutil.Process(worker.process.pid)


@pytest.mark.parametrize(
    ("seconds", "timed"),
    [
        pytest.param(1.0, False, id="short"),
        pytest.param(10.0, True, id="long", marks=pytest.mark.fault),
    ],
)
def test_status_calls_and_rest(
    worker: RunningWorker, table: Rows, seconds: float, timed: bool
) -> None:
    """16 connections, of two processes: a program may have 8."""
    load = [sys.executable, "-I", "-S", str(SUPPORT / "status_load.py")]
    load += [os.fspath(worker.places.control_socket), "8", str(seconds), "worker.status", "{}"]
    loads = [subprocess.Popen(load, stdout=subprocess.PIPE) for _ in range(2)]
    found = [json.loads(one.communicate(timeout=seconds + 30)[0]) for one in loads]
    answered, refused = sum(one[0] for one in found), sum(one[1] for one in found)
    rate = answered / max(one[2] for one in found)
    table("status calls a second over 16 connections", round(rate), ">= 5,000")
    assert refused == 0
    assert answered > 0

    process = process_of(worker)
    before, start = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)  # nobody asks: this is what is measured
    idle = 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - start)
    memory = process.memory_info().rss / MEGABYTE
    table("worker at rest, % of a processor", idle, "< 0.5")
    table("worker at rest, MB of memory", memory, "< 80")
    assert memory < 80
    if timed:
        assert idle < 0.5
        assert rate >= 5000


class Soak:
    """A client that uses a grant all the time, and two panels that come and go."""

    def __init__(self, worker: RunningWorker) -> None:
        self._worker = worker
        self._process = process_of(worker)
        self.used = 0
        self.visits = 0
        self.latest = 0.0
        self.memory: list[tuple[float, float]] = []
        """Seconds since the start, megabytes."""
        self.descriptors: list[int] = []
        """Of the worker, whenever no panel was there."""

    async def run(self, seconds: float) -> None:
        """Ask 50 times a second for so long."""
        client = await EventClient.open(self._worker.places.request_socket, "soak")
        params: dict[str, object] = {"resource": GRAPH, "scopes": ["User.Read"]}
        asked = await client.result("token.request", **params)
        ended = await client.result("token.await", request_id=asked["request_id"], wait_ms=20_000)
        assert ended["state"] == "ready", ended
        await client.result("token.collect", request_id=asked["request_id"])
        panels = asyncio.get_running_loop().create_task(self._panels(seconds))
        start = time.monotonic()
        count = round(seconds * 50)
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / 50 - time.monotonic()))
            asked = await client.result("token.request", **params)
            assert asked["state"] == "ready", asked
            await client.result("token.collect", request_id=asked["request_id"])
            self.used += 1
            self.latest = max(self.latest, time.monotonic() - start - number / 50)
            if number % 50 == 0:
                self.memory.append((number / 50, self._process.memory_info().rss / MEGABYTE))
            if number % 500 == 250:  # a new request, that a person sees and the client cancels
                other = await client.result(
                    "token.request", resource=GRAPH, scopes=[f"Soak.Wait{number}"]
                )
                await client.result("token.cancel", request_id=other["request_id"])
        await panels
        await client.close()

    async def _panels(self, seconds: float) -> None:
        start = time.monotonic()
        stay = min(10.0, seconds / 10)
        while time.monotonic() - start + 3 * stay <= seconds:
            one = await self._panel()
            await asyncio.sleep(stay)
            other = await self._panel()
            await asyncio.sleep(stay)
            await one.close()
            await other.close()
            self.visits += 2
            await asyncio.sleep(stay)
            self.descriptors.append(self._process.num_fds())

    async def _panel(self) -> EventClient:
        panel = await EventClient.open(self._worker.places.control_socket, "panel")
        found = await panel.result("snapshot")
        await panel.result("subscribe", since=found["seq"])
        return panel

    def slope(self) -> float:
        """Megabytes an hour, by least squares, of the last two thirds of the time."""
        samples = self.memory[len(self.memory) // 3 :]
        middle = sum(at for at, _ in samples) / len(samples)
        mean = sum(size for _, size in samples) / len(samples)
        above = sum((at - middle) * (size - mean) for at, size in samples)
        below = sum((at - middle) ** 2 for at, _ in samples)
        return 3600 * above / below


@pytest.mark.parametrize(
    ("seconds", "timed"),
    [
        pytest.param(4.0, False, id="short"),
        pytest.param(SOAK, True, id="long", marks=pytest.mark.fault),
    ],
)
async def test_a_soak_leaves_nothing_behind(
    folder: Path, worker: RunningWorker, table: Rows, seconds: float, timed: bool
) -> None:
    decided = folder / "decided"
    person = Terminal(command_of(worker.places.control_socket, PIN, decided, remember="1h"))
    soak = Soak(worker)
    try:
        await soak.run(seconds)
    finally:
        person.close()
    logs = sum(path.stat().st_size for path in worker.places.worker_log.parent.iterdir())
    minutes = f"{seconds / 60:.0f} minutes" if seconds >= 60 else f"{seconds:.0f} seconds"
    table(f"uses of a grant in {minutes}, 50 a second", soak.used, round(50 * seconds))
    table("panels that came and went meanwhile", soak.visits)
    table("latest of these uses, seconds", soak.latest)
    table("memory of the worker at their end, MB", soak.memory[-1][1], "< 80")
    if timed:
        table("growth of its memory, MB an hour", soak.slope(), "< 1")
    table("descriptors more at the end", soak.descriptors[-1] - soak.descriptors[0], 0)
    table("logs, MB", logs / MEGABYTE, f"<= {FILES * SIZE // MEGABYTE}")
    assert [words[1] for words in jotted(decided)] == ["allow"]
    assert soak.descriptors[-1] == soak.descriptors[0]
    assert logs <= FILES * SIZE
    assert soak.memory[-1][1] < 80
    if timed:
        assert soak.slope() < 1.0
