"""A person's stand-in with a terminal of its own: unlock, then allow one request. Raw wire only.

usage: allower.py SOCKET REQUEST_ID PIN PROOF [REMEMBER]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.raw_client import RawClient, refusal


def main() -> None:
    path, request_id, pin, proof, *remember = sys.argv[1:]
    client = RawClient(path)
    client.result("hello", protocol=1, client={"name": "allower", "version": ""})
    found = client.result("snapshot")
    session, requests = found["session"], found["requests"]
    assert isinstance(session, dict)
    assert isinstance(requests, list)
    print(f"may allow: {session['may_allow']} {session['refusal']}")
    request = next(r for r in requests if r["id"] == request_id)
    decide = {
        "request_id": request_id,
        "digest": request["digest"],
        "revision": request["revision"],
        "decision": "allow",
        "proof": proof,
        "remember": remember[0] if remember else "once",
    }
    print("without unlock:", refusal(client.ask("request.decide", **decide)))
    client.result("session.unlock", pin=pin)
    answer = client.ask("request.decide", **decide)
    result = answer.get("result")
    if isinstance(result, dict):
        print("decided:", result["request"]["state"])
    else:
        print("refused:", json.dumps(answer))


if __name__ == "__main__":
    main()
