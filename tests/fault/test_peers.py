"""Whoever asks cannot allow it himself, and whoever turns into another gets nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from entraclaw_tui.ipc.peer import alive, birth_of, lives_as, peer_of, program_of, unchanged
from tests.support.demo import PIN, until
from tests.support.fault_table import Rows
from tests.support.patient_worker import COMMAND
from tests.support.raw_client import RawClient
from tests.support.running_worker import RunningWorker, running_worker
from tests.support.self_allower import VERBS
from tests.support.sizes import sizes
from tests.support.terminal import Terminal

SUPPORT = Path(__file__).parents[1] / "support"
GRAPH = "https://graph.microsoft.com"
ALL_VERBS = (
    *VERBS, "snapshot", "subscribe", "session.unlock", "session.lock", "session.status",
    "session.touch", "request.decide", "request.decide_many", "grant.list", "grant.revoke",
    "grant.revoke_all", "client.block", "worker.pause", "worker.status", "audit.tail",
    "audit.verify", "policy.get", "privacy.read", "signin.status", "signin.cancel",
    "signin.sign_out",
)  # fmt: skip


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running


def gate(panel: RawClient) -> object:
    """Return everything that a verb could have changed."""
    found = panel.result("snapshot")
    requests = found["requests"]
    assert isinstance(requests, list)
    worker = found["worker"]
    assert isinstance(worker, dict)
    states = {r["id"]: (r["state"], r["decision"]) for r in requests}
    return states, found["grants"], found["tokens"], found["clients"], worker["paused"]


def test_the_asking_socket_has_no_verb_that_decides(worker: RunningWorker, table: Rows) -> None:
    panel, client = worker.panel(), worker.client()
    client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    before = gate(panel)
    refused = [client.code(verb, pin=PIN) for verb in ALL_VERBS]
    table("control verbs on the asking socket, refused", len(refused), len(ALL_VERBS))
    assert set(refused) == {"unknown_method"}
    assert gate(panel) == before
    client.close()
    panel.close()


@pytest.mark.parametrize("how", ["itself", "child", "grandchild", "no terminal"])
def test_whoever_asks_cannot_allow_it(
    worker: RunningWorker, table: Rows, folder: Path, how: str
) -> None:
    panel = worker.panel()
    before = gate(panel)
    out = folder / "found"
    script = [sys.executable, "-B", str(SUPPORT / "self_allower.py")]
    command = [*script, str(worker.places.run_dir), PIN, how, str(out)]
    if how == "no terminal":
        subprocess.run(command, check=True, start_new_session=True, timeout=40)
    else:
        with closing(Terminal(command)) as terminal:
            terminal.until(out.exists, "the answers", seconds=40)
    found = json.loads(out.read_text())
    codes = found["codes"]
    assert found["state"] == "pending"
    expected = "forbidden" if how == "no terminal" else "done"
    assert codes.pop("unlock") == expected
    stale = codes.pop("request.decide of another revision")
    assert stale in ("forbidden", "stale_digest")
    refused = sum(code == "forbidden" for code in codes.values())
    table(f"verbs that need a person, refused to the asking program: {how}", refused, len(codes))
    assert refused == len(codes), codes
    after = gate(panel)
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    assert after[1:3] == before[1:3]
    assert after[4] is (how == "no terminal")  # it was paused there, and stays so
    assert {state for state, _ in after[0].values()} <= {"pending", "cancelled"}
    assert worker.wishes == []
    panel.close()


class Turncoat:
    """One that asks and then turns."""

    def __init__(self, worker: RunningWorker, how: str) -> None:
        command = [sys.executable, "-I", "-S", str(SUPPORT / "turncoat.py")]
        self._process = subprocess.Popen(
            [*command, str(worker.places.request_socket), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.request = self._process.stdout.readline().decode().strip()
        self._program = program_of(self._process.pid)
        self._how = how

    def turn(self) -> None:
        """Become another one; return when it is."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        if self._how == "exec":
            until(lambda: program_of(process.pid) != self._program, "the exec")
        else:
            assert process.stdout.readline().startswith(b"kept")
            process.wait(10)

    def end(self) -> None:
        """End all of it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.mark.parametrize("how", ["exec", "hand over", "pass"])
@sizes(5, 100)
def test_whoever_became_another_gets_nothing(
    worker: RunningWorker, table: Rows, rounds: int, how: str
) -> None:
    # Whoever sits at the panel allows at once, but by then the program has turned.
    worker.end()
    worker.start(before=COMMAND)
    panel = worker.panel()
    cancelled = 0
    clerk = [sys.executable, "-B", str(SUPPORT / "clerk.py"), str(worker.places.control_socket)]
    with closing(Terminal([*clerk, PIN])) as terminal:
        terminal.wait_for("ready")
        for _ in range(rounds):
            turncoat = Turncoat(worker, how)
            turncoat.turn()
            terminal.press(turncoat.request + "\r")
            said = terminal.wait_for(f"{turncoat.request} -> ([a-z_]+)")[1]
            assert said == "cancelled"
            turncoat.end()
            cancelled += state_of(panel, turncoat.request) == "cancelled"
    table(f"requests of programs that turned ({how}), cancelled", cancelled, rounds)
    assert cancelled == rounds
    assert worker.wishes == []
    panel.close()


def test_an_honest_one_is_allowed_by_the_same_hand(worker: RunningWorker) -> None:
    client = worker.client()
    asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    clerk = [sys.executable, "-B", str(SUPPORT / "clerk.py"), str(worker.places.control_socket)]
    with closing(Terminal([*clerk, PIN])) as terminal:
        terminal.wait_for("ready")
        terminal.press(f"{asked['request_id']}\r")
        assert terminal.wait_for(f"{asked['request_id']} -> ([a-z_]+)")[1] == "approved"
    client.close()


def state_of(panel: RawClient, request_id: str) -> object:
    requests = panel.result("snapshot")["requests"]
    assert isinstance(requests, list)
    return next(r["state"] for r in requests if r["id"] == request_id)


@sizes(10, 100)
def test_a_pid_that_is_used_again_is_another_process(table: Rows, rounds: int) -> None:
    """A peer that is gone, and its pid given to a process that lives: this one."""
    refused = 0
    for number in range(rounds):
        one, other = socket.socketpair(socket.AF_UNIX)
        with subprocess.Popen(["/bin/sleep", "60"], pass_fds=[other.fileno()]) as process:
            dead = replace(peer_of(one), pid=process.pid, birth=birth_of(process.pid), pidfd=-1)
            process.kill()
        again = os.getpid()
        reused = replace(
            dead,
            pid=again,
            birth=dead.birth if number % 2 else birth_of(again),
            program=program_of(again) if number % 2 else "1:1",
        )
        refused += not (
            unchanged(one, dead) or unchanged(one, reused) or alive(again, dead.birth)
            or lives_as(again, dead.birth, dead.program)
        )  # fmt: skip
        one.close()
        other.close()
    table("pids used again, not taken for the same process", refused, rounds)
    assert refused == rounds
