"""Sockets that launchd keeps for jobs."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from entraclaw_tui.demo.mac.activation import ActivationError, activate

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

LABEL = "example.contoso.server"
SERVER = """
import os, sys
from pathlib import Path
from entraclaw_tui.demo.mac.activation import activate
class Host: root = Path({root!r})
listener, = activate(Host, "Listener")
while True:
    guest, _ = listener.accept()
    guest.sendall(str(os.getpid()).encode())
    guest.close()
"""


def server(mac: Mac, **entry: object) -> None:
    mac.load(
        LABEL,
        SERVER.format(root=str(mac.host.root)),
        Sockets={"Listener": entry},
        StandardErrorPath=str(mac.host.root / "err.log"),
    )


def greet(address: Path | int) -> int:
    """Connect and return the pid that the server says."""
    family = socket.AF_INET if isinstance(address, int) else socket.AF_UNIX
    with socket.socket(family) as connection:
        connection.settimeout(15)
        where = ("127.0.0.1", address) if isinstance(address, int) else str(address)
        connection.connect(where)
        return int(connection.recv(100))


def test_a_client_starts_the_job_and_its_death_closes_nothing(mac: Mac) -> None:
    path = mac.host.root / "s.sock"
    server(mac, SockPathName=str(path), SockPathMode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    resting = mac.job(LABEL)
    assert resting is not None
    assert not resting.alive
    first = greet(path)
    job = mac.running(LABEL)
    assert (job.pid, job.immediate_reason, job.sockets) == (first, "ipc (socket)", ("Listener",))
    assert greet(path) == first
    os.kill(first, signal.SIGKILL)
    # One that is still dying may take the next guest with it.
    mac.until(lambda: not psutil.pid_exists(first), "the first server is gone")
    second = greet(path)
    assert second != first
    mac.launchctl("bootout", f"gui/501/{LABEL}")
    mac.until(lambda: not path.exists(), "the socket is taken away")


def test_a_tcp_socket_is_adopted(off: Mac) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ours:
        port = ours.getsockname()[1]
        off.turn_on(adopt={port: ours.fileno()})
        server(off, SockNodeName="127.0.0.1", SockServiceName=port)
        pid = greet(port)
        assert off.running(LABEL).pid == pid


def test_nobody_else_gets_a_jobs_sockets(mac: Mac) -> None:
    path = mac.host.root / "s.sock"
    server(mac, SockPathName=str(path), SockPathMode=0o600)
    greet(path)
    with pytest.raises(ActivationError, match="No such process"):
        activate(mac.host, "Listener")


def test_a_pretend_mac_listens_on_loopback_alone(mac: Mac) -> None:
    server(mac, SockNodeName="0.0.0.0", SockServiceName=45678)  # noqa: S104
    job = mac.job(LABEL)
    assert job is not None
    assert job.sockets == ()
    assert "failed to create socket: Listener: 0.0.0.0 is not loopback" in mac.log()


def test_a_path_that_is_too_long_for_a_mac_is_refused(mac: Mac) -> None:
    server(mac, SockPathName=str(mac.host.root / ("x" * 100)))
    job = mac.job(LABEL)
    assert job is not None
    assert job.sockets == ()
    assert "more than 103 bytes" in mac.log()
