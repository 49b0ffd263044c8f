"""Raw clients against the running product: bad input, the token once, a panel elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.demo import PIN, Headless, until
from tests.support.entra_keys import claims
from tests.support.raw_client import RawClient, refusal
from tests.support.terminal import Terminal

GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def client(headless: Headless) -> Iterator[RawClient]:
    one = RawClient(headless.request_socket)
    yield one
    one.close()


def test_every_bad_input_is_answered_by_name_and_the_worker_goes_on(headless: Headless) -> None:
    def first_answer(line: bytes) -> str:
        client = RawClient(headless.request_socket, seconds=15)
        try:
            client.send(line)
            return refusal(client.read())
        finally:
            client.close()

    call = {"jsonrpc": "2.0", "id": 1, "method": "token.request", "params": {}}
    assert first_answer(b"this is not json\n") == "parse_error"
    assert first_answer(b"[]\n") == "invalid_request"
    assert first_answer(b'{"jsonrpc":"1.0","id":1,"method":"hello"}\n') == "invalid_request"
    assert first_answer(json.dumps(call).encode() + b"\n") == "hello_required"
    assert first_answer(b"x" * 65 * 1024 + b"\n") == "frame_too_large"
    assert first_answer(b"[" * 30_000 + b"\n") in ("parse_error", "invalid_request")

    client = RawClient(headless.request_socket)
    client.hello("tester")
    assert client.code("token.steal") == "unknown_method"
    assert client.code("request.decide", request_id="x", decision="allow") == "unknown_method"
    wrong = {"resource": GRAPH, "scopes": ["User.Read"], "approve": True}
    assert client.code("token.request", **wrong) == "invalid_params"
    assert client.code("token.request", resource=GRAPH, scopes=[]) == "invalid_params"
    control = "\x1b[2J\x00\x07\u202e\u009b"
    assert client.code("token.request", resource=control, scopes=["A"]) == "invalid_params"
    assert client.code("token.request", resource=GRAPH, scopes=[control]) == "invalid_params"
    assert client.code("token.await", request_id=control) == "invalid_params"
    assert client.code("token.collect", request_id="nobody") == "not_found"
    asked = client.result(
        "token.request", resource=GRAPH, scopes=["User.Read"], reason=f"weekly {control} report"
    )
    assert asked["state"] == "pending"
    seen = next(r for r in headless.look("requests") if r["id"] == asked["request_id"])
    assert seen["reason"].isprintable()
    client.close()


def everything_in(value: object) -> list[str]:
    """Every single value of a JSON document, as text."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in everything_in(part)]
    if isinstance(value, list):
        return [one for part in value for one in everything_in(part)]
    return [str(value)]


def test_a_token_is_delivered_once_to_a_person_s_yes(headless: Headless, client: RawClient) -> None:
    client.hello("tester", shows_code=True)
    asked = client.result(
        "token.request", resource=GRAPH, scopes=["User.Read"], reason="to say hello"
    )
    # A program without a past is raised by one tier, and shows its code itself.
    assert (asked["state"], asked["tier"]) == ("pending", "medium")
    code = str(asked["match_code"])
    snapshot = headless.look("requests", "--all")
    assert asked["request_id"] in {seen["id"] for seen in snapshot}
    assert "match_code" not in json.dumps(snapshot)
    assert code not in everything_in(snapshot)

    allower = Terminal(
        [
            sys.executable,
            str(Path(__file__).parents[2] / "support" / "allower.py"),
            headless.control_socket,
            str(asked["request_id"]),
            PIN,
            code,
        ]
    )
    try:
        allower.wait_for("may allow: True")
        allower.wait_for("without unlock: locked")
        allower.wait_for("decided: (approved|exchanging|ready)")
        assert allower.wait_end() == 0
    finally:
        allower.close()

    until(
        lambda: (
            client.result("token.await", request_id=asked["request_id"], wait_ms=5000)["state"]
            == "ready"
        ),
        "the token",
    )
    token = client.result("token.collect", request_id=asked["request_id"])
    found = claims(headless.root, str(token["access_token"]), GRAPH)
    assert found["scp"] == "User.Read"
    assert found["upn"] == "demo@contoso.example"
    assert client.code("token.collect", request_id=asked["request_id"]) == "already_collected"
    events = [entry["event"] for entry in headless.look("audit")]
    assert {"asked", "allowed", "delivered"} <= set(events)
    assert headless.look("audit", "verify")["ok"] is True


def test_lines_sent_at_once_are_answered_in_their_order_each_with_a_token(
    headless: Headless, client: RawClient
) -> None:
    client.hello("tester")
    wanted = {"resource": GRAPH, "scopes": ["User.Read"]}
    asked = client.result("token.request", **wanted)
    allower = Path(__file__).parents[2] / "support" / "allower.py"
    id = str(asked["request_id"])
    with closing(
        Terminal([sys.executable, str(allower), headless.control_socket, id, PIN, PIN, "15m"])
    ) as person:
        person.wait_for("decided: (approved|exchanging|ready)")
        assert person.wait_end() == 0
    ended = client.result("token.await", request_id=id, wait_ms=20_000)
    assert ended["state"] == "ready"
    token = client.result("token.collect", request_id=id)
    call = {"jsonrpc": "2.0", "method": "token.request", "params": {**wanted, "collect": True}}
    client.send(b"".join(json.dumps({**call, "id": n}).encode() + b"\n" for n in range(100)))
    requests = set()
    for number in range(100):
        answer = client.read()
        assert answer is not None
        assert answer["id"] == number
        result = answer["result"]
        assert isinstance(result, dict)
        assert (result["state"], result["token"]) == ("delivered", token)
        requests.add(result["request_id"])
    assert len(requests) == 100
    assert client.code("token.collect", request_id=requests.pop()) == "already_collected"

    def written_down() -> bool:
        used = [entry for entry in headless.look("audit") if entry["event"] == "used"]
        return sum(int(entry["detail"]["uses"]) for entry in used) == 100

    until(written_down, "all uses in the audit")


def test_the_asking_process_cannot_allow_itself(headless: Headless, client: RawClient) -> None:
    client.hello("tester")
    asked = client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    control = RawClient(headless.control_socket)
    control.result("hello", protocol=1, client={"name": "me too", "version": ""})
    assert control.code("session.unlock", pin=PIN) == "forbidden"
    snapshot = control.result("snapshot")
    requests = snapshot["requests"]
    assert isinstance(requests, list)
    mine = next(r for r in requests if r["id"] == asked["request_id"])
    decide = {
        "request_id": mine["id"],
        "digest": mine["digest"],
        "revision": mine["revision"],
        "decision": "allow",
        "proof": PIN,
    }
    assert control.code("request.decide", **decide) in ("forbidden", "locked")
    # Denying is open to everybody, and what it says reaches the client.
    control.result("request.decide", **{**decide, "decision": "deny", "reason": "not today"})
    ended = client.result("token.await", request_id=asked["request_id"], wait_ms=5000)
    assert ended["state"] == "denied"
    assert "not today" in str(ended["message"])
    assert client.code("token.collect", request_id=asked["request_id"]) == "denied"
    control.close()
