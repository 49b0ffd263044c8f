"""A model's host asks through the MCP server; a person decides; the token stays or is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.e2e.demo.conftest import Terminals
from tests.support.demo import PIN, PROGRAM, Headless, until

GRAPH = "https://graph.microsoft.com"
ALLOWER = Path(__file__).parents[2] / "support" / "allower.py"


class ModelHost:
    """Starts the server as a model's host does, and talks to it line by line."""

    def __init__(self, demo: Headless, *options: str) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "--root", str(demo.root), "mcp", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._id = 0
        self.said: list[str] = []

    def __enter__(self) -> Self:
        hello = self.ask("initialize", protocolVersion="2025-06-18", capabilities={})
        assert hello["serverInfo"]["name"] == "entraclaw-tui"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            code = self._process.wait(30)
        finally:
            self._process.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert code == 0

    def ask(self, method: str, **params: object) -> Any:
        self._id += 1
        call = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        self.said.append(line)
        answer = json.loads(line)
        assert answer["id"] == self._id
        return answer["result"]

    def tool(self, **arguments: object) -> dict[str, Any]:
        result = self.ask("tools/call", name="get_token_request", arguments=arguments)
        told: dict[str, Any] = result["structuredContent"]
        assert json.loads(result["content"][0]["text"]) == told
        assert result["isError"] is ("error" in told)
        return told


def allow(
    terminals: Terminals, demo: Headless, id: str, proof: str, remember: str = "once"
) -> None:
    person = terminals(
        [sys.executable, str(ALLOWER), demo.control_socket, id, PIN, proof, remember]
    )
    person.wait_for("decided: (approved|exchanging|ready)")
    assert person.wait_end() == 0


def test_a_model_asks_and_a_person_decides(headless: Headless, terminals: Terminals) -> None:
    wanted = {"resource": GRAPH, "scopes": ["User.Read"], "wait_seconds": 0}
    with ModelHost(headless) as host:
        (tool,) = host.ask("tools/list")["tools"]
        assert tool["name"] == "get_token_request"
        asked = host.tool(**wanted, reason="Greet you by name")
        assert asked["state"] == "pending"
        seen = next(r for r in headless.look("requests") if r["id"] == asked["request_id"])
        assert (seen["claimed_name"], seen["reason"]) == ("entraclaw-tui mcp", "Greet you by name")
        proof = asked.get("code_to_show", PIN)
        allow(terminals, headless, asked["request_id"], proof)
        told = host.tool(request_id=asked["request_id"], wait_seconds=50)
        assert told["state"] == "ready"
        assert "access_token" not in "".join(host.said)

        denied = host.tool(**{**wanted, "scopes": ["Mail.Read"]})
        assert headless.command("requests", "deny", denied["request_id"]).returncode == 0
        told = host.tool(request_id=denied["request_id"])
        assert (told["state"], "Do not ask" in told["next"]) == ("denied", True)
        assert host.tool(request_id="nobody")["error"] == "not_found"

        left = host.tool(**{**wanted, "scopes": ["Files.Read"]})["request_id"]

    def cancelled() -> bool:
        found = next(r for r in headless.look("requests", "--all") if r["id"] == left)
        return bool(found["state"] == "cancelled")

    until(cancelled, "the end of what nobody waits for")


def test_a_token_comes_only_where_the_command_line_says_so(
    headless: Headless, terminals: Terminals
) -> None:
    wanted = {"resource": GRAPH, "scopes": ["User.Read"], "wait_seconds": 0}
    with ModelHost(headless, "--print-token") as host:
        asked = host.tool(**wanted)
        allow(terminals, headless, asked["request_id"], asked.get("code_to_show", PIN), "15m")
        told = host.tool(request_id=asked["request_id"], wait_seconds=50)
        assert told["access_token"].count(".") == 2
        # While it is remembered, the one call gives it.
        again = host.tool(**wanted)
        assert (again["state"], again["access_token"]) == ("delivered", told["access_token"])
