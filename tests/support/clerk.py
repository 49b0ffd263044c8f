"""Somebody with an unlocked panel who allows each request whose id is typed, the moment it is.

usage: clerk.py SOCKET PIN

Prints `ready`, then for each id a line `ID -> WORD`: the request's state, or why it was refused.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.raw_client import RawClient, refusal


def main() -> None:
    path, pin = sys.argv[1:]
    client = RawClient(path)
    client.hello("panel")
    client.result("session.unlock", pin=pin)
    print("ready", flush=True)
    for line in sys.stdin:
        print(f"{line.strip()} -> {decide(client, line.strip(), pin)}", flush=True)


def decide(client: RawClient, request_id: str, pin: str) -> str:
    requests = client.result("snapshot")["requests"]
    assert isinstance(requests, list)
    seen = next(r for r in requests if r["id"] == request_id)
    answer = client.ask(
        "request.decide",
        request_id=request_id,
        digest=seen["digest"],
        revision=seen["revision"],
        decision="allow",
        proof=pin,
    )
    if "error" in answer:
        return refusal(answer)
    result = answer["result"]
    assert isinstance(result, dict)
    return str(result["request"]["state"])


if __name__ == "__main__":
    main()
