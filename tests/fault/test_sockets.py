"""Crowds at the sockets, and everything that may already lie where they belong."""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import folders, sockets
from tests.support.demo import until
from tests.support.fault_table import Rows
from tests.support.raw_client import RawClient
from tests.support.running_worker import RunningWorker, furnish, pretend_mac, running_worker
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
            one.settimeout(5)
            start = time.monotonic()
            one.connect(str(worker.places.request_socket))
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


# -- what may lie at the places of the sockets ------------------------------------------------

Layout = Callable[[Places], None]


def _stale(places: Places) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(places.request_socket))


def _dangling(places: Places) -> None:
    places.request_socket.symlink_to(places.run_dir / "nowhere.sock")


def _link_to_live(places: Places) -> None:
    other = places.config_dir / "other.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(other))
    places.request_socket.symlink_to(other)


def _file(places: Places) -> None:
    places.control_socket.write_text("precious")


def _fifo(places: Places) -> None:
    os.mkfifo(places.control_socket)


def _folder(places: Places) -> None:
    (places.control_socket / "inside").mkdir(parents=True)


def _run_is_a_link(places: Places) -> None:
    elsewhere = places.config_dir.parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    places.run_dir.rmdir()
    places.run_dir.symlink_to(elsewhere)


def _run_is_a_file(places: Places) -> None:
    places.run_dir.rmdir()
    places.run_dir.write_text("precious")


def _run_is_open(places: Places) -> None:
    places.run_dir.chmod(0o777)


def _home_is_open(places: Places) -> None:
    places.config_dir.parent.parent.chmod(0o777)


def _config_is_open(places: Places) -> None:
    places.config_dir.parent.chmod(0o775)


def _lock_is_a_link(places: Places) -> None:
    precious = places.config_dir.parent / "precious"
    precious.write_text("precious")
    (places.run_dir / "lock").symlink_to(precious)


LAYOUTS: dict[str, tuple[Layout, int]] = {
    "a stale socket": (_stale, 0),
    "a link to nothing": (_dangling, 78),
    "a link to another socket": (_link_to_live, 78),
    "a file": (_file, 78),
    "a pipe": (_fifo, 78),
    "a folder": (_folder, 78),
    "run is a link": (_run_is_a_link, 78),
    "run is a file": (_run_is_a_file, 78),
    "run is open to all": (_run_is_open, 0),
    "the home is open to all": (_home_is_open, 78),
    "the folder above is open to the group": (_config_is_open, 78),
    "the lock is a link": (_lock_is_a_link, 78),
}
"""What lies there, and the exit status: 0 where the worker serves, and safely."""


def test_no_layout_is_dangerous(table: Rows) -> None:
    safe = 0
    for name, (lay, status) in LAYOUTS.items():
        with pretend_mac() as host:
            furnish(host)
            places = Places.of(host)
            lay(places)
            precious = {p: p.read_text() for p in places.config_dir.parent.rglob("*") if _text(p)}
            running = RunningWorker(host)
            if status == 0:
                running.start()
                assert modes_too_open(places) == [], name
                assert running.end() == 0, name
            else:
                command = [sys.executable, "-B", str(SUPPORT / "worker_process.py")]
                done = subprocess.run(
                    [*command, str(host.root)], capture_output=True, timeout=20, check=False
                )
                assert done.returncode == status, (name, done.stderr)
                assert b"Traceback" not in done.stderr, name
                assert len(done.stderr.strip().splitlines()) == 1, (name, done.stderr)
                assert {p: p.read_text() for p in precious} == precious, name
            safe += 1
    table("hostile layouts of the sockets' folder, safe", safe, len(LAYOUTS))
    assert safe == len(LAYOUTS)


def _text(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(b"precious")


def test_the_folder_of_another_user_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pretend_mac() as host:
        places = Places.of(host)
        folders.prepare(places)
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        with pytest.raises(folders.UnsafeFolder, match="another user"):
            folders.prepare(places)
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(folder / "request.sock"))
        with pytest.raises(folders.UnsafeFolder, match="no socket of ours"):
            sockets.bind(folder / "request.sock")


@sizes(3, 20)
def test_a_second_worker_leaves_the_first_alone(
    worker: RunningWorker, table: Rows, rounds: int
) -> None:
    client = worker.client()
    asked = client.result(
        "token.request", resource="https://graph.microsoft.com", scopes=["User.Read"]
    )
    slowest = 0.0
    for _ in range(rounds):
        start = time.monotonic()
        second = subprocess.run(
            [sys.executable, "-B", str(SUPPORT / "worker_process.py"), str(worker.host.root)],
            capture_output=True,
            timeout=20,
            check=False,
        )
        slowest = max(slowest, time.monotonic() - start)
        assert second.returncode == 75
        found = client.result("token.await", request_id=asked["request_id"], wait_ms=0)
        assert found["state"] == "pending"
    table("second workers that went by themselves", rounds, rounds)
    table("slowest of them, s", slowest)
    client.close()


def modes_too_open(places: Places) -> list[str]:
    """Return what of ours somebody else could read, write or enter."""
    found = []
    for path in (places.config_dir, *places.config_dir.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode != (0o700 if path.is_dir() else 0o600):
            found.append(f"{path.name} {mode:o}")
    return found


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_everything_is_for_us_alone_under_any_umask(table: Rows, umask: str) -> None:
    with pretend_mac() as host:
        before = os.umask(int(umask, 8))
        try:
            furnish(host)
            running = RunningWorker(host)
            running.start()
            client = running.client()
            client.result(
                "token.request", resource="https://graph.microsoft.com", scopes=["User.Read"]
            )
            found = modes_too_open(running.places)
            kinds = {path.name for path in running.places.config_dir.rglob("*")}
            client.close()
            running.end()
        finally:
            os.umask(before)
    table(f"files and folders open to others under umask {umask}", len(found), 0)
    assert found == []
    assert {"state.db", "state.db-wal", "worker.log", "request.sock", "control.sock"} <= kinds
