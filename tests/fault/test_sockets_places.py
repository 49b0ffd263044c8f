"""Everything that may already lie where the sockets belong, and who may open what is made."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker import folders, sockets
from tests.support.fault_table import Rows
from tests.support.running_worker import RunningWorker, furnish, pretend_mac, running_worker
from tests.support.sizes import sizes

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running


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
