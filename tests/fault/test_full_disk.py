"""A real worker, with Python's own SQLite, whose disk is full for a while."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from tests.support import small_disk
from tests.support.decider import command_of
from tests.support.demo import PIN, until
from tests.support.fault_table import Rows
from tests.support.raw_client import RawClient, refusal
from tests.support.running_worker import RunningWorker, furnish, pretend_mac
from tests.support.terminal import Terminal

GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def mac() -> Iterator[Host]:
    with pretend_mac() as host:
        furnish(host)
        yield host


def ask(client: RawClient, scope: str) -> dict[str, object]:
    return client.ask("token.request", resource=GRAPH, scopes=[scope])


def code_of(answer: dict[str, object]) -> str:
    return "done" if "result" in answer else refusal(answer)


@pytest.mark.parametrize(
    "times",
    [pytest.param(1, id="short"), pytest.param(8, id="long", marks=pytest.mark.fault)],
)
def test_a_full_disk_and_room_again(mac: Host, folder: Path, table: Rows, times: int) -> None:
    worker = RunningWorker(mac)
    process = worker.start(before=(sys.executable, "-B", small_disk.__file__))
    person = Terminal(
        command_of(worker.places.control_socket, PIN, folder / "decided", remember="1h")
    )
    client, panel = worker.client(), worker.panel()
    refused: list[str] = []
    back, lost = [], 0
    try:
        granted = ask(client, "User.Read")["result"]
        assert isinstance(granted, dict)
        id = granted["request_id"]
        ready = client.result("token.await", request_id=id, wait_ms=20_000)
        assert ready["state"] == "ready"
        client.result("token.collect", request_id=id)
        for number in range(times):
            left = client.result("token.request", resource=GRAPH, scopes=[f"Disk.Wait{number}"])
            process.send_signal(signal.SIGUSR1)
            # The first use is answered from memory; that it cannot be written down is noticed then.
            until(lambda: code_of(ask(client, "User.Read")) == "storage", "a full disk")
            exchanged = len(worker.wishes)
            refused.append(code_of(ask(client, "User.Read")))
            refused.append(code_of(panel.ask("client.block", identity=_identity(panel, left))))
            refused.append(code_of(client.ask("token.cancel", request_id=left["request_id"])))
            assert panel.result("worker.status")["storage"] == "degraded"
            assert len(worker.wishes) == exchanged
            process.send_signal(signal.SIGUSR2)
            start = time.monotonic()
            until(lambda: "result" in ask(client, "User.Read"), "an answer")
            back.append(time.monotonic() - start)
            assert panel.result("worker.status")["storage"] == "ok"
            state = client.result("token.await", request_id=left["request_id"], wait_ms=0)
            lost += state["state"] != "pending"
            client.result("token.cancel", request_id=left["request_id"])
        verified = panel.result("audit.verify")
    finally:
        client.close()
        panel.close()
        person.close()
        worker.end()
    table("times the disk of a real worker was full", times, times)
    table("uses, blocks, ends refused then", refused.count("storage"), 3 * times)
    table("requests that waited before, lost", lost, 0)
    table("seconds until it stores again, at most", max(back), "<= 5")
    assert refused == ["storage"] * 3 * times
    assert lost == 0
    assert verified["problem"] == ""
    assert max(back) <= 5


def _identity(panel: RawClient, asked: dict[str, object]) -> object:
    requests = panel.result("snapshot")["requests"]
    assert isinstance(requests, list)
    (found,) = [r for r in requests if r["id"] == asked["request_id"]]
    return found["requester"]["identity"]
