"""The policy and decisions about several requests, over the real control socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from entraclaw_tui.demo.mac.lean import DIALOGS
from tests.support.demo import PIN, until
from tests.support.running_worker import RunningWorker
from tests.support.terminal import Terminal
from tests.support.worker_stage import GRAPH

_SETTER = Path(__file__).parents[2] / "support/policy_setter.py"


def run(worker: RunningWorker, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", "entraclaw_tui", "--root", os.fspath(worker.host.root)]
    return subprocess.run([*command, *words], capture_output=True, text=True, check=False)


def test_a_policy_takes_a_terminal_an_open_session_and_the_pin(worker: RunningWorker) -> None:
    panel = worker.panel()
    terms = {"refused_scopes": ["Mail.Send"], "longest_wait": 60}
    assert panel.result("policy.get")["state"] == "default"
    assert panel.code("policy.set", policy=terms, revision=0, proof=PIN) == "forbidden"
    socket = os.fspath(worker.places.control_socket)
    setter = Terminal([sys.executable, str(_SETTER), socket, PIN, json.dumps(terms)], columns=500)
    try:
        setter.wait_for("set: .*")
        assert "locked: locked" in setter.text
        assert "wrong PIN: wrong_pin" in setter.text
        assert "unknown rule: invalid_params" in setter.text
        setter.wait_end()
    finally:
        setter.close()
    found = panel.result("policy.get")
    assert (found["state"], found["revision"]) == ("set", 1)
    client = worker.client()
    assert client.code("token.request", resource=GRAPH, scopes=["Mail.Send"]) == "blocked"
    client.close()
    panel.close()
    shown = run(worker, "policy")
    assert shown.returncode == 0
    assert "scope Mail.Send" in shown.stdout
    document = json.loads(run(worker, "policy", "--json").stdout)
    assert document["policy"]["longest_wait"] == 60
    assert PIN not in worker.log()


def test_several_requests_are_denied_at_once_each_as_it_was_seen(worker: RunningWorker) -> None:
    client = worker.client()
    for scope in ("User.Read", "Mail.Read", "Mail.Send"):
        client.result("token.request", resource=GRAPH, scopes=[scope])
    panel = worker.panel()
    requests = panel.result("snapshot")["requests"]
    assert isinstance(requests, list)
    seen = [{"request_id": r["id"], "digest": r["digest"], "revision": 1} for r in requests]
    allow = {"requests": seen, "decision": "allow", "proof": PIN}
    assert panel.code("request.decide_many", **allow) == "forbidden"
    seen[1]["digest"] = "0" * 64
    answer = panel.result("request.decide_many", requests=seen, decision="deny")["results"]
    assert isinstance(answer, list)
    assert [r.get("state") or r["code"] for r in answer] == ["denied", "stale_digest", "denied"]
    panel.close()
    client.close()
    assert worker.wishes == []


def test_a_request_without_a_panel_is_told_on_the_screen(worker: RunningWorker) -> None:
    listener = worker.panel()  # no terminal: whoever listens so keeps nothing away
    listener.result("subscribe", since=0)
    client = worker.client()
    client.result("token.request", resource=GRAPH, scopes=["Mail.Read"])
    shown = worker.host.root / DIALOGS
    until(shown.exists, "the notification")
    assert "asks for Mail.Read" in shown.read_text()
    client.close()
    listener.close()
