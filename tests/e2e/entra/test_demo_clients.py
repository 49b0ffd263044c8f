"""The demo's clients: their executables, and how they take what the worker says."""

from __future__ import annotations

import contextlib
import json
import plistlib
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.demo import clients
from entraclaw_tui.demo.clients.asking import Asking
from entraclaw_tui.demo.clients.diary import Diary, code_path, log_path
from entraclaw_tui.demo.clients.installing import programs
from entraclaw_tui.demo.clients.stories import STORIES
from entraclaw_tui.macos.host import Host

Answer = dict[str, object]
Script = Callable[[str, Answer], Answer]


class ScriptedWorker:
    """The other end of request.sock, played by a function (a stand-in for the worker)."""

    def __init__(self, path: Path, script: Script) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._script = script
        self.calls: list[tuple[str, Answer]] = []
        self._path = str(path)
        self._closed = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as waker, self._listener:
            waker.connect(self._path)  # accept returns and sees that it is over
            self._thread.join(10)

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closed:
                connection.close()
                return
            # A program that is told to end goes without waiting for its answer.
            gone = contextlib.suppress(BrokenPipeError, ConnectionResetError)
            with gone, connection, connection.makefile("rb") as lines:
                for line in lines:
                    call = json.loads(line)
                    self.calls.append((call["method"], call["params"]))
                    answer = self._script(call["method"], call["params"])
                    if answer.get("hang_up"):
                        connection.shutdown(socket.SHUT_RDWR)
                        break
                    reply = {"jsonrpc": "2.0", "id": call["id"]} | (
                        answer if "error" in answer else {"result": answer}
                    )
                    connection.sendall(json.dumps(reply).encode() + b"\n")


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


def happy(method: str, params: Answer) -> Answer:
    if method == "hello":
        return {"protocol": 1, "server": "test", "limits": {}, "nonce": "n"}
    if method == "token.request":
        return {"request_id": "r1", "state": "pending", "tier": "medium", "match_code": "47"}
    if method == "token.await":
        return {"request_id": "r1", "state": "ready"}
    return {
        "access_token": "the-secret-text",
        "token_type": "Bearer",
        "expires_at": 1_800_000_000,
        "scopes": ["Mail.Read"],
    }


def refusing(code: str, retry_after: float = 0.0) -> Answer:
    data = {"code": code, "hint": "", "retry_after": retry_after}
    return {"error": {"code": -32000, "message": f"no: {code}\x1b[2J", "data": data}}


@pytest.fixture
def request_socket(host: Host) -> Path:
    return host.home / ".config/entraclaw/run/request.sock"


@pytest.fixture
def play(request_socket: Path) -> Iterator[Callable[[Script], ScriptedWorker]]:
    made: list[ScriptedWorker] = []

    def start(script: Script) -> ScriptedWorker:
        made.append(ScriptedWorker(request_socket, script))
        return made[-1]

    yield start
    for worker in made:
        worker.close()


def asking(host: Host, path: Path, slept: list[float]) -> Asking:
    story = STORIES["ide-plugin-entra"]
    return Asking(story, path, Diary(host.home, story.name), slept.append)


def the_log(host: Host) -> str:
    return log_path(host.home, "ide-plugin-entra").read_text()


def test_asks_shows_its_code_waits_and_collects(
    host: Host, request_socket: Path, play: Callable[[Script], ScriptedWorker]
) -> None:
    shown: list[dict[str, str]] = []

    def script(method: str, params: Answer) -> Answer:
        if method == "token.await":
            shown.append(clients.codes(host))
        return happy(method, params)

    worker = play(script)
    assert asking(host, request_socket, []).once("Read the build mail") == 0.0
    assert [method for method, _ in worker.calls] == [
        "hello",
        "token.request",
        "token.await",
        "token.collect",
    ]
    assert worker.calls[0][1]["shows_code"] is True
    assert worker.calls[1][1]["scopes"] == ["Mail.Read"]
    assert worker.calls[1][1]["reason"] == "Read the build mail"
    assert shown == [{"ide-plugin-entra": "47"}]
    assert clients.codes(host) == {}
    log = the_log(host)
    assert "Your code is 47\n" in log
    assert re.search(r"Got a token for Mail\.Read until \d\d:\d\d:\d\d \(sha256 [0-9a-f]{8}\)", log)
    assert "the-secret-text" not in log
    assert log_path(host.home, "ide-plugin-entra").stat().st_mode & 0o077 == 0


def test_takes_a_no_politely(
    host: Host, request_socket: Path, play: Callable[[Script], ScriptedWorker]
) -> None:
    answers: list[Answer] = [
        {"request_id": "r1", "state": "denied", "message": "Not now.\x1b]52;c;x\x07"},
        {"request_id": "r1", "state": "expired", "code": "expired"},
    ]

    def script(method: str, params: Answer) -> Answer:
        return answers.pop(0) if method == "token.await" else happy(method, params)

    play(script)
    one = asking(host, request_socket, [])
    assert one.once("x") == 0.0
    assert one.once("x") == 0.0
    assert "No Mail.Read this time (denied): Not now.<U+001B>" in the_log(host)
    assert "No Mail.Read this time (expired): expired" in the_log(host)
    assert clients.codes(host) == {}


@pytest.mark.parametrize(
    ("code", "retry_after", "rest"),
    [
        ("resting", 212.0, 212.0 + 88.0),
        ("resting", 500.0, 500.0),
        ("blocked", 0.0, 600.0),
        ("too_many", 0.0, 60.0),
        ("invalid_params", 0.0, 0.0),
    ],
)
def test_rests_as_long_as_it_is_told(
    host: Host,
    request_socket: Path,
    play: Callable[[Script], ScriptedWorker],
    code: str,
    retry_after: float,
    rest: float,
) -> None:
    def script(method: str, params: Answer) -> Answer:
        return happy(method, params) if method == "hello" else refusing(code, retry_after)

    play(script)
    assert asking(host, request_socket, []).once("x") == rest
    assert f"Refused ({code}): no: {code}<U+001B>" in the_log(host)


def test_a_worker_that_goes_away_is_asked_again_with_the_same_key(
    host: Host, request_socket: Path, play: Callable[[Script], ScriptedWorker]
) -> None:
    waits: list[Answer] = [{"hang_up": True}, {"request_id": "r1", "state": "ready"}]

    def script(method: str, params: Answer) -> Answer:
        return waits.pop(0) if method == "token.await" else happy(method, params)

    worker = play(script)
    slept: list[float] = []
    asking(host, request_socket, slept).once("x")
    keys = [p["idempotency_key"] for method, p in worker.calls if method == "token.request"]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert slept == [1.0]


def test_installs_jobs_and_executables_of_their_own(host: Host) -> None:
    plists = clients.install(host)
    assert [p.stem for p in plists] == [f"example.contoso.{name}" for name in STORIES]
    assert clients.install(host) == plists  # once more changes nothing
    for found in programs(host):
        job = plistlib.loads(found.plist.read_bytes())
        assert job["ProgramArguments"][0] == str(found.executable)
        code = "import hashlib, json, socket, sys; print(sys.executable, flush=True)"
        process = subprocess.Popen(
            [found.executable, "-I", "-S", "-c", code + "; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={},
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            assert process.stdout.readline().strip() == str(found.executable)
            # What the kernel says, not what the process says.
            assert psutil.Process(process.pid).exe() == str(found.executable)
            process.stdin.close()
    assert not list(host.path("/usr/local/bin").glob(".*"))


def test_the_program_plays_its_story_until_it_is_told_to_end(
    host: Host, play: Callable[[Script], ScriptedWorker]
) -> None:
    waits = threading.Event()

    def script(method: str, params: Answer) -> Answer:
        if method == "token.await":
            assert waits.wait(20)
        return happy(method, params)

    worker = play(script)
    clients.install(host)
    found = next(p for p in programs(host) if p.story.name == "ide-plugin-entra")
    job = plistlib.loads(found.plist.read_bytes())
    with subprocess.Popen(job["ProgramArguments"], env={}) as process:
        until(lambda: clients.codes(host) == {"ide-plugin-entra": "47"})
        waits.set()
        until(lambda: "Got a token" in the_log(host))
        # It asks again by itself, with its next reason.
        until(lambda: sum(m == "token.request" for m, _ in worker.calls) >= 2)
        process.terminate()
        assert process.wait(10) == 0
    assert not code_path(host.home, "ide-plugin-entra").exists()
    reasons = [p["reason"] for method, p in worker.calls if method == "token.request"]
    assert reasons[:2] == list(found.story.reasons[:2])
