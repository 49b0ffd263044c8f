"""A real worker: asked, allowed from another terminal, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.demo import until
from tests.support.raw_client import RawClient
from tests.support.running_worker import RunningWorker

GRAPH = "https://graph.microsoft.com"


def ask(client: RawClient, *scopes: str, **more: object) -> dict[str, object]:
    return client.result("token.request", resource=GRAPH, scopes=scopes or ("User.Read",), **more)


def wait(client: RawClient, asked: dict[str, object]) -> object:
    return client.result("token.await", request_id=asked["request_id"], wait_ms=15_000)["state"]


def test_ask_allow_collect_once(worker: RunningWorker) -> None:
    client = worker.client()
    asked = ask(client)
    assert (asked["state"], asked["tier"]) == ("pending", "medium")
    assert worker.allow(asked["request_id"]).startswith("decided: approved")
    assert wait(client, asked) == "ready"
    token = client.result("token.collect", request_id=asked["request_id"])
    assert token["access_token"] == "the-token"
    assert client.code("token.collect", request_id=asked["request_id"]) == "already_collected"
    panel = worker.panel()
    assert panel.result("audit.verify")["problem"] == ""
    assert "the-token" not in worker.log()
    for part in worker.places.config_dir.rglob("*"):
        if part.is_file():
            assert b"the-token" not in part.read_bytes(), part
    client.close()
    panel.close()


def test_killed_with_a_request_pending_it_finds_it_again(worker: RunningWorker) -> None:
    client = worker.client()
    asked = ask(client, idempotency_key="once")
    worker.end(signal.SIGKILL)
    worker.start()
    again = worker.client()
    assert ask(again, idempotency_key="once")["request_id"] == asked["request_id"]
    assert worker.allow(asked["request_id"]).startswith("decided: approved")
    assert wait(again, asked) == "ready"
    again.result("token.collect", request_id=asked["request_id"])
    assert worker.wishes == ["User.Read"]
    client.close()
    again.close()


def test_killed_in_the_exchange_it_takes_it_up_once(worker: RunningWorker) -> None:
    worker.end()
    worker.start("30")
    client = worker.client()
    asked = ask(client)
    worker.allow(asked["request_id"])
    until(lambda: len(worker.wishes) == 1, "the first exchange")
    worker.end(signal.SIGKILL)
    worker.start("0")
    again = worker.client()
    assert wait(again, asked) == "ready"
    assert again.result("token.collect", request_id=asked["request_id"])["scopes"] == ["User.Read"]
    assert len(worker.wishes) == 2
    client.close()
    again.close()


def test_killed_at_any_time_it_loses_nothing_it_said(worker: RunningWorker) -> None:
    said: set[object] = set()
    for after in (0.0, 0.01, 0.03, 0.06, 0.1):
        client = worker.client()
        killer = threading.Timer(after, worker.process.kill)  # type: ignore[union-attr]
        killer.start()
        try:
            for scope in ("User.Read", "profile", "email", "People.Read", "Tasks.Read"):
                asked = ask(client, scope, idempotency_key=f"{scope} {after}")
                said.add(asked["request_id"])
                client.result("token.cancel", request_id=asked["request_id"])
        except (AssertionError, OSError):
            pass  # killed in the middle, or too many at a time
        killer.join()
        client.close()
        worker.end()
        worker.start()
        panel = worker.panel()
        requests = panel.result("snapshot")["requests"]
        assert isinstance(requests, list)
        assert said <= {request["id"] for request in requests}
        assert panel.result("audit.verify")["problem"] == ""
        panel.close()


def test_a_client_that_dies_takes_its_request_with_it(worker: RunningWorker) -> None:
    script = Path(__file__).parents[2] / "support" / "raw_client.py"
    command = [sys.executable, "-I", "-S", str(script)]
    with subprocess.Popen(
        [*command, os.fspath(worker.places.request_socket), "doomed", "no", "User.Read", "?"],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        process.kill()
    panel = worker.panel()

    def state() -> bool:
        requests = panel.result("snapshot")["requests"]
        assert isinstance(requests, list)
        (request,) = [r for r in requests if r["id"] == said["what"]["request_id"]]
        return bool(request["state"] == "cancelled")

    until(state, "the cancelling")
    panel.close()


def test_it_stops_when_told_and_the_second_one_goes(worker: RunningWorker) -> None:
    script = Path(__file__).parents[2] / "support" / "worker_process.py"
    second = subprocess.run(
        [sys.executable, "-B", str(script), str(worker.host.root)],
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 75
    panel = worker.panel()
    panel.close()
    assert worker.end() == 0
    assert not worker.places.state_db.with_name("state.db-wal").exists()
    assert '"stopped"' in worker.log()


def test_everything_is_ours_alone(worker: RunningWorker) -> None:
    client = worker.client()
    ask(client)
    for path in [worker.places.config_dir, *worker.places.config_dir.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode & 0o077 == 0, (path, oct(mode))
    client.close()


@pytest.mark.parametrize(
    "method",
    [
        "session.unlock",
        "client.unblock",
        "worker.resume",
        "exchange.refresh",
        "pin.set",
        "policy.set",
    ],
)
def test_what_takes_a_person_is_refused_without_one(worker: RunningWorker, method: str) -> None:
    known: dict[str, dict[str, object]] = {
        "session.unlock": {"pin": "246810"},
        "client.unblock": {"identity": "x"},
        "pin.set": {"pin": "135791", "old": "246810"},
        "policy.set": {"policy": {"notice": False}, "revision": 0, "proof": "246810"},
    }
    panel = worker.panel()
    assert panel.code(method, **known.get(method, {})) == "forbidden"
    panel.close()
