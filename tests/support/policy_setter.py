"""A person's stand-in with a terminal of its own: set a policy, first with a wrong PIN. Raw wire.

usage: policy_setter.py SOCKET PIN POLICY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.raw_client import RawClient, refusal


def main() -> None:
    path, pin, policy = sys.argv[1:]
    client = RawClient(path)
    client.result("hello", protocol=1, client={"name": "setter", "version": ""})
    revision = client.result("policy.get")["revision"]
    wanted = {"policy": json.loads(policy), "revision": revision}
    print("locked:", refusal(client.ask("policy.set", proof=pin, **wanted)))
    client.result("session.unlock", pin=pin)
    print("wrong PIN:", refusal(client.ask("policy.set", proof="000000", **wanted)))
    print(
        "unknown rule:",
        refusal(client.ask("policy.set", proof=pin, policy={"allow": ["*"]}, revision=0)),
    )
    answer = client.ask("policy.set", proof=pin, **wanted)
    print("set:" if "result" in answer else "refused:", json.dumps(answer))


if __name__ == "__main__":
    main()
