"""A client that knows only the wire: a socket, lines of JSON, no code of the project.

Also runs as a script, so that a test can lend it another executable:
  PROGRAM -I -S raw_client.py SOCKET NAME SHOWS_CODE SCOPE[,SCOPE] REASON
It then asks, prints every answer as a line of JSON, collects, and ends.
"""

from __future__ import annotations

import json
import signal
import socket
import sys


class RawClient:
    """One connection and its calls."""

    def __init__(self, path: str, seconds: float = 60.0) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self._rest = b""
        self._id = 0

    def send(self, line: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(line)

    def read(self) -> dict[str, object] | None:
        """Return the next line, or None where the other side closed."""
        while b"\n" not in self._rest:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        found = json.loads(line)
        assert isinstance(found, dict)
        return found

    def ask(self, method: str, **params: object) -> dict[str, object]:
        """Call and return the whole answer; events that come between are passed over."""
        self._id += 1
        call = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        self.send(json.dumps(call).encode() + b"\n")
        while True:
            answer = self.read()
            assert answer is not None, f"the worker closed the connection after {method}"
            # A refusal of the whole connection names no call.
            if answer.get("id") == self._id or (answer.get("id") is None and "error" in answer):
                return answer

    def result(self, method: str, **params: object) -> dict[str, object]:
        """Call and return the result; a refusal fails."""
        answer = self.ask(method, **params)
        assert "result" in answer, answer
        found = answer["result"]
        assert isinstance(found, dict)
        return found

    def code(self, method: str, **params: object) -> str:
        """Call and return the stable word of the refusal; a success fails."""
        return refusal(self.ask(method, **params))

    def hello(self, name: str, *, shows_code: bool = False) -> dict[str, object]:
        """Say who we claim to be."""
        return self.result(
            "hello", protocol=1, client={"name": name, "version": "1.0"}, shows_code=shows_code
        )

    def close(self) -> None:
        """Go away."""
        self.socket.close()


def refusal(answer: dict[str, object] | None) -> str:
    """Return the stable word of an error answer."""
    assert answer is not None, "the worker closed the connection without an answer"
    error = answer.get("error")
    assert isinstance(error, dict), answer
    data = error["data"]
    return str(data["code"])


def main() -> None:
    path, name, shows_code, scopes, reason = sys.argv[1:]

    def tell(kind: str, what: object) -> None:
        print(json.dumps({"kind": kind, "what": what}), flush=True)

    client = RawClient(path, seconds=200.0)
    # The name and the flag are claims; the executable is what the kernel sees.
    client.result(
        "hello",
        protocol=1,
        client={"name": name, "version": "1.0"},
        shows_code=shows_code == "yes",
    )
    answer = client.ask(
        "token.request",
        resource="https://graph.microsoft.com",
        scopes=scopes.split(","),
        reason=reason,
        expires_in=120,
    )
    if "error" in answer:
        tell("refused", refusal(answer))
        return
    asked = answer["result"]
    assert isinstance(asked, dict)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    tell("asked", asked)
    found: dict[str, object] = {"state": "pending"}
    try:
        while found["state"] in ("pending", "approved", "exchanging"):
            found = client.result("token.await", request_id=asked["request_id"], wait_ms=20_000)
    except SystemExit:  # asked to go: it withdraws what it asked for
        client.ask("token.cancel", request_id=asked["request_id"])
        raise
    tell("ended", found)
    if found["state"] == "ready":
        tell("token", client.ask("token.collect", request_id=asked["request_id"]))
        tell("again", client.ask("token.collect", request_id=asked["request_id"]))


if __name__ == "__main__":
    main()
