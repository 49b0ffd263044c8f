"""A program that asks, and then tries everything to allow it itself. It even knows the PIN.

usage: self_allower.py RUN_DIR PIN HOW OUT

HOW is `itself`, `child` (a child of the asking process), `grandchild`, or `no terminal` (started
without one). Writes the answers to OUT as JSON: {"request": id, "codes": {verb: code}}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.raw_client import RawClient, refusal

VERBS: dict[str, dict[str, object]] = {
    "client.unblock": {"identity": "file:blocked"},
    "worker.resume": {},
    "exchange.refresh": {},
    "pin.set": {"pin": "135791", "old": "000000"},
    "policy.set": {},
    "signin.start": {},
}
"""What needs a person and has nothing to do with one request."""


def allow(run: Path, pin: str, request_id: str) -> dict[str, str]:
    """Try it over the control socket; return the stable words of the refusals."""
    client = RawClient(str(run / "control.sock"))
    client.hello("panel")
    requests = client.result("snapshot")["requests"]
    assert isinstance(requests, list)
    seen = next(r for r in requests if r["id"] == request_id)
    unlock = client.ask("session.unlock", pin=pin)
    decide = {
        "request_id": request_id, "digest": seen["digest"], "revision": seen["revision"],
        "decision": "allow", "proof": pin,
    }  # fmt: skip
    codes = {"unlock": refusal(unlock) if "error" in unlock else "done"}
    codes["request.decide"] = client.code("request.decide", **decide)
    codes["request.decide of another revision"] = client.code(
        "request.decide", **decide | {"revision": 99}
    )
    codes["request.decide_many"] = many(client, decide)
    if codes["unlock"] != "done":
        client.result("worker.pause")  # open to all; so that a resuming would be a change
        codes |= {verb: client.code(verb, **params) for verb, params in VERBS.items()}
    client.close()
    return codes


def many(client: RawClient, decide: dict[str, object]) -> str:
    """Allow a batch of one; return the refusal's word, whether it is that of the batch or row."""
    row = {name: decide[name] for name in ("request_id", "digest", "revision")}
    answer = client.ask(
        "request.decide_many", requests=[row], decision="allow", proof=decide["proof"]
    )
    if "error" in answer:
        return refusal(answer)
    result = answer["result"]
    assert isinstance(result, dict)
    return str(result["results"][0]["code"])


def below(depth: int, run: Path, pin: str, request_id: str, out: Path) -> None:
    """Do it in a process that many generations below this one; wait for it."""
    pid = os.fork()
    if pid == 0:
        if depth > 1:
            below(depth - 1, run, pin, request_id, out)
        else:
            out.write_text(json.dumps(allow(run, pin, request_id)))
        os._exit(0)
    os.waitpid(pid, 0)


def main() -> None:
    run, pin, how, out = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
    client = RawClient(str(run / "request.sock"))
    client.hello("agent")
    asked = client.result(
        "token.request", resource="https://graph.microsoft.com", scopes=["User.Read"]
    )
    request_id = str(asked["request_id"])
    found = out.with_suffix(".codes")
    if how in ("child", "grandchild"):
        below(1 if how == "child" else 2, run, pin, request_id, found)
    else:
        found.write_text(json.dumps(allow(run, pin, request_id)))
    state = client.result("token.await", request_id=request_id, wait_ms=0)["state"]
    report = {"request": request_id, "codes": json.loads(found.read_text()), "state": state}
    out.with_suffix(".part").write_text(json.dumps(report))
    out.with_suffix(".part").rename(out)
    client.close()


if __name__ == "__main__":
    main()
