"""Who is at the other end, on real sockets and real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from entraclaw_tui.ipc.peer import (
    Peer,
    PeerRefused,
    alive,
    birth_of,
    is_of,
    lives_as,
    peer_of,
    unchanged,
)
from tests.support.demo import until

CONNECT = """
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print("connected", flush=True)
sys.stdin.readline()
os.set_inheritable(s.fileno(), True)
if sys.argv[2] == "exec":
    os.execv("/bin/sleep", ["sleep", "60"])
"""


def accepted(how: str) -> tuple[subprocess.Popen[str], socket.socket]:
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(folder / "s"))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", CONNECT, os.fspath(folder / "s"), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        connection, _ = listener.accept()
    (folder / "s").unlink()
    folder.rmdir()
    return process, connection


def test_the_peer_is_the_process_that_connected() -> None:
    process, connection = accepted("wait")
    peer = peer_of(connection)
    assert (peer.pid, peer.uid) == (process.pid, os.geteuid())
    assert peer.verified_by in ("pidfd", "audit token", "start time")
    assert peer.birth == birth_of(process.pid) != ""
    assert peer.process == f"{process.pid}:{peer.birth}"
    assert unchanged(connection, peer)
    process.communicate("\n")
    until(lambda: not unchanged(connection, peer), "the end")
    assert not alive(peer.pid, peer.birth)
    connection.close()
    peer.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac compares audit tokens")
def test_a_second_connection_is_known_by_the_first_only_while_its_process_lives() -> None:
    process, connection = accepted("wait")
    peer = peer_of(connection)
    other, second = accepted("wait")
    assert is_of(connection, peer) is (peer.pidfd >= 0)
    assert not is_of(second, peer)
    assert not is_of(connection, replace(peer, pidfd=-1)), "a bare pid proves nothing"
    for one in (process, other):
        one.communicate("\n")
    until(lambda: not is_of(connection, peer), "the end")
    for end in (connection, second, peer):
        end.close()


def test_a_program_that_became_another_is_not_the_same() -> None:
    process, connection = accepted("exec")
    peer = peer_of(connection)
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    until(lambda: not unchanged(connection, peer), "the exec")
    assert alive(peer.pid, peer.birth), "it still is the same process"
    assert not lives_as(peer.pid, peer.birth, peer.program)
    process.kill()
    process.communicate()
    connection.close()
    peer.close()


def test_a_peer_that_is_gone_is_refused() -> None:
    process, connection = accepted("wait")
    process.kill()
    process.communicate()
    with pytest.raises(PeerRefused):
        peer_of(connection)
    connection.close()


def test_no_process_has_this_birth() -> None:
    assert not alive(os.getpid(), "another")
    assert not alive(2**22 + 7, "any")
    assert birth_of(2**22 + 7) == ""
    assert lives_as(os.getpid(), birth_of(os.getpid()), peer_of_self().program)


def peer_of_self() -> Peer:
    one, other = socket.socketpair(socket.AF_UNIX)
    peer = peer_of(one)
    peer.close()
    one.close()
    other.close()
    return peer
