"""Crowds at the sockets: nobody is shut out, and whoever is too many is told."""

from __future__ import annotations

import contextlib
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.worker.server import A_PROCESS
from tests.support.demo import until
from tests.support.fault_table import Rows
from tests.support.raw_client import RawClient, refusal
from tests.support.running_worker import RunningWorker, running_worker
from tests.support.sizes import sizes

SUPPORT = Path(__file__).parents[1] / "support"
LIMITED = ("/bin/sh", "-c", 'ulimit -n 256; exec "$@"', "sh")


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running


@contextlib.contextmanager
def crowd(path: Path, idle: int, dripping: int, each: int) -> Iterator[None]:
    command = [sys.executable, "-I", "-S", str(SUPPORT / "crowd.py"), str(path)]
    with subprocess.Popen(
        [*command, str(idle), str(dripping), str(each)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        yield
        process.communicate(b"\n")


def served(path: Path) -> float:
    """Return how long one who behaves needs until it was answered; it tries again when told so."""
    start = time.monotonic()
    while True:
        client = RawClient(str(path), seconds=10)
        try:
            answer = client.ask("hello", protocol=1, client={"name": "honest", "version": "1"})
            if "result" in answer:
                return time.monotonic() - start
        except (AssertionError, OSError):
            pass
        finally:
            client.close()
        time.sleep(0.2)
        assert time.monotonic() - start < 30, "never served"


@pytest.mark.parametrize("each", [10, 1], ids=["few programs", "as many programs"])
@sizes(3, 20)
def test_a_crowd_shuts_nobody_out(
    worker: RunningWorker, table: Rows, rounds: int, each: int
) -> None:
    idle, dripping = (500, 50) if each == 10 else (150, 50)
    worker.end()
    worker.start(before=LIMITED)
    assert worker.process is not None
    process = psutil.Process(worker.process.pid)
    served(worker.places.request_socket)
    baseline = process.num_fds()
    slowest, most = 0.0, 0
    with crowd(worker.places.request_socket, idle, dripping, each):
        for _ in range(rounds):
            for path in (worker.places.request_socket, worker.places.control_socket):
                slowest = max(slowest, served(path))
            most = max(most, process.num_fds())
            time.sleep(0.5)
    gone = time.monotonic()
    until(lambda: process.num_fds() <= baseline, "the way back to the descriptors before")
    back = time.monotonic() - gone
    assert worker.process.stderr is not None
    code = worker.end()
    size = worker.places.worker_log.stat().st_size
    who = f"{idle} idle and {dripping} dripping clients in {(idle + dripping) // each} programs"
    table(f"{who}: one who behaves served in, s", slowest, "<= 3")
    table("most descriptors of 256", most, "< 256")
    table("all given back in, s", back, "<= 15")
    table("the worker's log, bytes", size, "<= 65,536")
    assert code == 0
    assert slowest <= 3
    assert back <= 15
    assert size <= 64 * 1024


def test_one_that_has_all_it_may_have_gets_the_next_when_one_ends(worker: RunningWorker) -> None:
    mine = [worker.client() for _ in range(A_PROCESS)]
    surplus = RawClient(str(worker.places.request_socket), seconds=10)
    assert refusal(surplus.read()) == "too_many"
    surplus.close()
    with crowd(worker.places.request_socket, 1, 0, 1):  # another program is taken
        mine.pop().close()
        until(lambda: takes_one_more(worker, mine), "room for the next")
    for client in mine:
        client.close()


def takes_one_more(worker: RunningWorker, mine: list[RawClient]) -> bool:
    try:
        mine.append(worker.client())
    except (AssertionError, OSError):  # it has not heard of the end yet
        return False
    return True


@sizes(300, 1000)
def test_whoever_is_too_many_is_told_at_once(
    worker: RunningWorker, table: Rows, rounds: int
) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], soft), hard))
    waiting: dict[socket.socket, float] = {}
    told: list[float] = []
    selector = selectors.DefaultSelector()

    def read(seconds: float) -> None:
        for key, _ in selector.select(seconds):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            assert b"too_many" in one.recv(65536)
            told.append(time.monotonic() - waiting.pop(one))
            selector.unregister(one)
            one.close()

    try:
        for _ in range(rounds):
            one = socket.socket(socket.AF_UNIX)
            start = time.monotonic()
            one.connect(str(worker.places.request_socket))  # waits where the queue is full
            waiting[one] = start
            selector.register(one, selectors.EVENT_READ)
            read(0)
        ends = time.monotonic() + 3
        while len(told) < rounds - 8 and time.monotonic() < ends:
            read(0.1)
    finally:
        for one in tuple(waiting):
            one.close()
        selector.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    told.sort()
    late = told[-1]
    table(f"of {rounds} connections at a time, told `too_many`", len(told), rounds - 8)
    table("told in, ms, slowest", late * 1000, "<= 100")
    assert len(told) == rounds - 8
    assert late <= (0.1 if rounds == 1000 else 1.0)
