"""A Keychain that is locked when the worker starts: it says so, and goes on once it is open."""

from __future__ import annotations

from entraclaw_tui.demo.mac.keychain import PretendKeychain
from tests.support.demo import until
from tests.support.running_worker import RunningWorker

GRAPH = "https://graph.microsoft.com"


def test_a_locked_keychain_is_said_and_waited_for(worker: RunningWorker) -> None:
    keychain = PretendKeychain(worker.places.login_keychain)
    worker.end()
    keychain.lock()
    worker.start()
    panel = worker.panel()
    info = panel.result("worker.status")
    assert info["keychain"] == "locked"
    assert "keychain" in str(info["note"])
    assert panel.result("snapshot")["requests"] == []
    assert panel.code("grant.revoke_all") == "locked"
    client = worker.client()
    wanted = {"resource": GRAPH, "scopes": ["User.Read"]}
    assert client.code("token.request", **wanted) == "locked"
    keychain.unlock("demo")
    until(lambda: panel.result("worker.status")["keychain"] == "ok", "the start")
    assert client.result("token.request", **wanted)["state"] == "pending"
    client.close()
    panel.close()
