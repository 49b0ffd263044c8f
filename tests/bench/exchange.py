"""What the worker adds: to a bare MSAL exchange, and to a token that a live grant gives."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from entraclaw_tui.demo.entra.directory import GRAPH
from entraclaw_tui.demo.entra.state import UPN
from entraclaw_tui.worker.exchange import Wish
from tests.bench.bare_msal import BareMsal
from tests.support.authority import live_authority
from tests.support.running_worker import RunningWorker, furnish, pretend_mac

Row = Callable[[str, str, str], None]
_TURNS = 300
_BACK_TO_BACK = 3000
_A_SECOND = 50
_SECONDS = 20


def exchange(row: Row) -> None:
    """Time both and print a row a figure."""
    _overhead(row)
    _live_grant(row)


def _overhead(row: Row) -> None:
    wanted = Wish("obo", "research-bot", "", UPN, GRAPH, ("User.Read",))
    with live_authority() as live:
        ours, bare = live.exchange(), BareMsal(live)

        async def alternate() -> list[tuple[float, float]]:
            await ours.obtain(wanted)
            bare.on_behalf(f"{GRAPH}/User.Read")
            pairs = []
            for _ in range(_TURNS):
                began = time.perf_counter()
                await ours.obtain(wanted)
                middle = time.perf_counter()
                bare.on_behalf(f"{GRAPH}/User.Read")
                pairs.append((middle - began, time.perf_counter() - middle))
            return pairs

        pairs = asyncio.run(alternate())
        ours.close()
        bare.close()
    mine, base = (statistics.median(kind) for kind in zip(*pairs, strict=True))
    row(
        "exchange / bare MSAL, same authority",
        f"{mine / base:.2f} x ({mine * 1000:.2f} ms)",
        "1.15 x",
    )


def _live_grant(row: Row) -> None:
    with pretend_mac() as host, _ssh_agent() as agent:
        furnish(host)
        worker = RunningWorker(host)
        worker.start()
        client = worker.client("bench")
        asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
        assert "decided" in worker.allow(asked["request_id"], remember="1h")
        client.result("token.await", request_id=asked["request_id"], wait_ms=20_000)
        client.result("token.collect", request_id=asked["request_id"])

        def in_two_calls() -> None:
            asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
            assert asked["state"] == "ready"
            client.result("token.collect", request_id=asked["request_id"])

        token = _token(client.socket)
        paced = _paced(token)
        ours, theirs = _in_turn(token, agent)
        twice, again = _in_turn(in_two_calls, agent)
        client.close()
        worker.end()
    p50, p99 = (paced[int(len(paced) * share)] * 1000 for share in (0.5, 0.99))
    row(
        f"token by a live grant at {_A_SECOND} a second, p50 / p99",
        f"{p50:.2f} / {p99:.2f} ms",
        "1 / 10 ms",
    )
    row(
        "the same back to back / an ssh-agent list request",
        f"{ours / theirs:.2f} x ({ours * 1e6:.0f} us)",
        "3 x",
    )
    row(
        "the same in two calls, request and collect, with a JSON client",
        f"{twice / again:.2f} x ({twice * 1e6:.0f} us)",
        "",
    )


def _token(connection: socket.socket) -> Callable[[], None]:
    """Give a call that has the token in one answer: bytes sent and looked at, as of the agent."""
    params = {"resource": GRAPH, "scopes": ["User.Read"], "collect": True}
    call = {"jsonrpc": "2.0", "id": 1, "method": "token.request", "params": params}
    line = json.dumps(call).encode() + b"\n"

    def token() -> None:
        connection.sendall(line)
        answer = connection.recv(65536)
        while not answer.endswith(b"\n"):
            answer += connection.recv(65536)
        assert b'"access_token":"the-token"' in answer

    return token


def _paced(token: Callable[[], None]) -> list[float]:
    taken = []
    due = time.perf_counter()
    for _ in range(_A_SECOND * _SECONDS):
        due += random.expovariate(_A_SECOND)
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        token()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def _in_turn(token: Callable[[], None], agent: Callable[[], None]) -> tuple[float, float]:
    """Time blocks of both in turn: each back to back, and a drifting machine hurts both."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_BACK_TO_BACK // 100):
        for work, taken in ((token, ours), (agent, theirs)):
            for _ in range(100):
                began = time.perf_counter()
                work()
                taken.append(time.perf_counter() - began)
    return statistics.median(ours), statistics.median(theirs)


@contextlib.contextmanager
def _ssh_agent() -> Iterator[Callable[[], None]]:
    """Give a call that asks a fresh ssh-agent for its identities (draft-ietf-sshm-ssh-agent)."""
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    path = folder / "agent"
    process = subprocess.Popen(
        ["/usr/bin/ssh-agent", "-D", "-a", os.fspath(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, "ssh-agent did not start"
        time.sleep(0.01)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(path))

        def identities() -> None:
            connection.sendall(b"\0\0\0\1\x0b")
            size = int.from_bytes(_exactly(connection, 4))
            assert _exactly(connection, size)[0] == 12

        try:
            yield identities
        finally:
            process.terminate()
            process.wait(10)
            path.unlink(missing_ok=True)
            folder.rmdir()


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data))
    return data
