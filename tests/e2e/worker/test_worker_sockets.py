"""Rude clients: floods, half lines, slow readers. The worker goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.demo import until
from tests.support.raw_client import RawClient, refusal
from tests.support.running_worker import RunningWorker

GRAPH = "https://graph.microsoft.com"
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":{"name":"x"}}}\n'


def raw(worker: RunningWorker) -> RawClient:
    return RawClient(os.fspath(worker.places.request_socket), seconds=20)


def test_frames_at_the_limit(worker: RunningWorker) -> None:
    client = worker.client()
    for size, code in ((64 * 1024, "unknown_method"), (64 * 1024 + 1, "frame_too_large")):
        frame = {"jsonrpc": "2.0", "id": 7, "method": "x", "params": {"pad": ""}}
        frame["params"] = {"pad": "a" * (size - 1 - len(json.dumps(frame)))}
        client.send(json.dumps(frame).encode() + b"\n")
        assert refusal(client.read()) == code
    assert client.read() is None
    client.close()


def test_a_gigabyte_without_an_end_is_cut_off(worker: RunningWorker) -> None:
    client = raw(worker)
    client.send(HELLO)
    client.read()
    sent = 0
    try:
        while sent < 64 * 1024 * 1024:
            sent += client.socket.send(b"a" * 65536)
    except OSError:
        pass
    assert sent < 8 * 1024 * 1024
    client.close()
    worker.client().close()


def test_whoever_says_nothing_is_shown_out(worker: RunningWorker) -> None:
    client = raw(worker)
    client.send(b'{"jsonrpc"')
    assert refusal(client.read()) == "too_slow"
    assert client.read() is None
    client.close()


def test_one_program_cannot_shut_the_others_out(worker: RunningWorker) -> None:
    greedy = """
import socket, sys, time
held = []
for _ in range(40):
    one = socket.socket(socket.AF_UNIX)
    one.connect(sys.argv[1])
    one.settimeout(5)
    one.sendall(sys.argv[2].encode())
    held.append(one)
print("held", flush=True)
sys.stdin.read()
"""
    path = os.fspath(worker.places.request_socket)
    crowd = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", greedy, path, HELLO.decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(9)
    ]
    try:
        for process in crowd:
            assert process.stdout is not None
            process.stdout.readline()
        started = time.monotonic()
        worker.client().close()
        assert time.monotonic() - started < 3
    finally:
        for process in crowd:
            process.communicate()
    assert worker.places.worker_log.stat().st_size < 64 * 1024


def test_a_panel_that_does_not_read_is_told_to_look_again(worker: RunningWorker) -> None:
    panel = worker.panel()
    panel.result("subscribe", since=0)
    client = worker.client()
    path = os.fspath(worker.places.control_socket)
    # Each pause and denial tells the panel; it reads nothing meanwhile.
    other = RawClient(path)
    other.result("hello", protocol=1, client={"name": "other", "version": ""})
    for _ in range(900):
        other.result("worker.pause")
    seen = set()

    def resynced() -> bool:
        event = panel.read()
        assert event is not None
        params = event.get("params")
        assert isinstance(params, dict)
        seen.add(params["kind"])
        return "resync" in seen

    until(resynced, "the resync")
    client.close()
    panel.close()
    other.close()


def test_calls_in_one_go_are_all_answered(worker: RunningWorker) -> None:
    client = worker.client()
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": n, "method": "token.cancel",
                    "params": {"request_id": f"r{n}"}}).encode()
        for n in range(200)
    ]  # fmt: skip
    client.send(b"\n".join(lines) + b"\n")
    answers = [client.read() for _ in lines]
    assert {a["id"] for a in answers if a} == set(range(200))
    assert {refusal(a) for a in answers} == {"not_found"}
    client.close()


def test_a_waiting_call_does_not_hold_up_a_cancel(worker: RunningWorker) -> None:
    client = worker.client()
    asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    wait = {"jsonrpc": "2.0", "id": 99, "method": "token.await",
            "params": {"request_id": asked["request_id"], "wait_ms": 60000}}  # fmt: skip
    client.send(json.dumps(wait).encode() + b"\n")
    cancel = {"jsonrpc": "2.0", "id": 100, "method": "token.cancel",
              "params": {"request_id": asked["request_id"]}}  # fmt: skip
    client.send(json.dumps(cancel).encode() + b"\n")
    answers = {}
    for _ in range(2):
        answer = client.read()
        assert answer is not None
        answers[answer["id"]] = answer["result"]
    assert answers[100] == {"state": "cancelled"}
    assert answers[99]["state"] == "cancelled"  # type: ignore[index]  # JSON
    client.close()


def test_a_program_that_becomes_another_gets_nothing(worker: RunningWorker, tmp_path: Path) -> None:
    script = """
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
f = s.makefile("rw")
def call(n, m, **p):
    f.write(json.dumps({"jsonrpc": "2.0", "id": n, "method": m, "params": p}) + "\\n")
    f.flush()
    return json.loads(f.readline())
call(1, "hello", protocol=1, client={"name": "turncoat"})
r = call(2, "token.request", resource="https://graph.microsoft.com", scopes=["User.Read"])
print(r["result"]["request_id"], flush=True)
os.set_inheritable(s.fileno(), True)
os.execv("/bin/sleep", ["sleep", "60"])
"""
    path = os.fspath(worker.places.request_socket)
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", script, path], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        request_id = process.stdout.readline().decode().strip()
        exe = Path(f"/proc/{process.pid}/exe")
        if exe.parent.exists():
            until(lambda: "sleep" in os.fspath(exe.resolve()) or "coreutils" in str(exe.resolve()),
                  "the exec")  # fmt: skip
        assert worker.allow(request_id).startswith("refused")
        process.kill()
    panel = worker.panel()
    requests = panel.result("snapshot")["requests"]
    assert isinstance(requests, list)
    (request,) = [r for r in requests if r["id"] == request_id]
    assert request["state"] == "cancelled"
    assert worker.wishes == []
    panel.close()


def test_nothing_listens_after_the_end(worker: RunningWorker) -> None:
    assert worker.end() == 0
    with socket.socket(socket.AF_UNIX) as probe:
        assert probe.connect_ex(os.fspath(worker.places.control_socket)) != 0
