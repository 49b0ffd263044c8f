"""A client that asks without end, over all lives of the worker, and writes down what it was told.

usage: load_client.py SOCKET NAME LEDGER

Each of its requests has a permission of its own and an idempotency key. It asks until it hears an
acknowledgement, waits until the request is decided, and collects. LEDGER gets a line for what the
worker has said: `asked ID PERMISSION`, `collected ID`, `ended ID STATE`, `forgot ID` (it knows
nothing of what it had acknowledged) and `other ID ID` (the same key stands for another request).
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.jottings import jot
from tests.support.raw_client import RawClient, refusal

GRAPH = "https://graph.microsoft.com"
_PAUSE = 0.05
_BEFORE_ITS_END = ("pending", "approved", "exchanging")


class LoadClient:
    """One program."""

    def __init__(self, path: str, name: str, ledger: Path) -> None:
        self._path = path
        self._name = name
        self._ledger = ledger
        self._client: RawClient | None = None

    def run(self) -> None:
        """Ask one thing after the other."""
        for number in itertools.count():
            kind = "Deny" if number % 6 == 5 else "Wait" if number % 11 == 10 else "Read"
            self._one(f"Load{kind}.{self._name}.{number}")

    def _one(self, scope: str) -> None:
        known = ""
        while True:
            try:
                request_id = self._ask(scope)
                if known and request_id != known:
                    jot(self._ledger, "other", known, request_id)
                if not known:
                    jot(self._ledger, "asked", request_id, scope)
                known = request_id
                self._follow(known, leave="Wait" in scope)
                return
            except (OSError, AssertionError, ValueError):
                self._hang_up()
                time.sleep(_PAUSE)

    def _call(self, method: str, **params: object) -> dict[str, object]:
        if self._client is None:
            self._client = RawClient(self._path, seconds=30.0)
            self._client.hello(self._name, shows_code=True)
        return self._client.ask(method, **params)

    def _ask(self, scope: str) -> str:
        while True:
            answer = self._call(
                "token.request", resource=GRAPH, scopes=[scope], idempotency_key=scope
            )
            found = answer.get("result")
            if isinstance(found, dict):
                return str(found["request_id"])
            refusal(answer)  # too many wait, or it rests: it tries again
            time.sleep(_PAUSE)

    def _follow(self, request_id: str, *, leave: bool) -> None:
        if leave:
            self._call("token.cancel", request_id=request_id)
        while True:
            answer = self._call("token.await", request_id=request_id, wait_ms=5000)
            found = answer.get("result")
            if not isinstance(found, dict):
                if refusal(answer) == "not_found":
                    jot(self._ledger, "forgot", request_id)
                    return
                time.sleep(_PAUSE)
            elif found["state"] == "ready":
                if "result" in self._call("token.collect", request_id=request_id):
                    jot(self._ledger, "collected", request_id)
            elif found["state"] not in _BEFORE_ITS_END:
                jot(self._ledger, "ended", request_id, str(found["state"]))
                return

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


if __name__ == "__main__":
    LoadClient(sys.argv[1], sys.argv[2], Path(sys.argv[3])).run()
