"""The MCP server answers what a host asks, and survives what it should not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.cli.serving.protocol import REVISIONS, Server
from entraclaw_tui.cli.serving.token_tool import Arguments, described


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("that did not happen")


class Echo:
    """A tool that waits until it may go on."""

    name = "echo"
    described: ClassVar[dict[str, object]] = {"name": "echo"}

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.begun = 0
        self.cancelled = 0

    async def call(self, arguments: bytes) -> dict[str, object]:
        value = msgspec.json.decode(arguments, type=dict[str, int])
        self.begun += 1
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return {"echoed": value}


class Host:
    """A host with a server, line by line."""

    def __init__(self) -> None:
        self.tool = Echo()
        self.heard: list[dict[str, Any]] = []
        self._lines: asyncio.Queue[bytes | ValueError] = asyncio.Queue()
        server = Server(self.tool, "0", "Be kind.", lambda d: self.heard.append(json.loads(d)))
        self.serving = asyncio.create_task(server.serve(self._next))

    async def _next(self) -> bytes:
        line = await self._lines.get()
        if isinstance(line, ValueError):
            raise line
        return line

    def say(self, line: bytes | ValueError) -> None:
        self._lines.put_nowait(line)

    def call(self, id: int | str, method: str, **params: object) -> None:
        message = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        self.say(json.dumps(message).encode() + b"\n")

    async def end(self) -> list[dict[str, Any]]:
        self.say(b"")
        await self.serving
        return self.heard

    async def begun(self, number: int) -> None:
        await until(lambda: self.tool.begun >= number)


@pytest.mark.parametrize("wanted", [*REVISIONS, "1999-01-01"])
async def test_it_speaks_the_host_s_revision_or_its_own_newest(wanted: str) -> None:
    host = Host()
    host.call(1, "initialize", protocolVersion=wanted, capabilities={}, clientInfo={"name": "x"})
    host.say(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    host.call("two", "ping")
    host.call(3, "tools/list")
    hello, pong, tools = await host.end()
    spoken = hello["result"]["protocolVersion"]
    assert spoken == (wanted if wanted in REVISIONS else REVISIONS[0])
    assert hello["result"]["capabilities"] == {"tools": {}}
    assert pong == {"jsonrpc": "2.0", "id": "two", "result": {}}
    assert tools["result"]["tools"] == [{"name": "echo"}]


async def test_a_slow_call_holds_nobody_up_and_can_be_cancelled() -> None:
    host = Host()
    host.call(1, "tools/call", name="echo", arguments={"a": 1})
    host.call(2, "tools/call", name="echo", arguments={"a": 2})
    await host.begun(2)
    host.call(3, "ping")
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    host.say(json.dumps(cancel).encode() + b"\n")
    await until(lambda: bool(host.tool.cancelled))
    host.tool.may.set()
    await until(lambda: len(host.heard) == 2)
    assert [(a["id"], a["result"]) for a in await host.end()] == [
        (3, {}),
        (2, {"echoed": {"a": 2}}),
    ]


async def test_calls_under_way_end_with_the_host() -> None:
    host = Host()
    for number in range(9):
        host.call(number, "tools/call", name="echo", arguments={})
    await host.begun(8)
    (refused,) = await host.end()
    assert "under way" in refused["error"]["message"]
    assert host.tool.cancelled == 8


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json\n", -32700),
        (b"\xff\xfe\n", -32700),
        (b"[]\n", -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}\n', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}\n', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"resources/list"}\n', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}\n', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}\n', -32602),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"tools/call",'
            b'"params":{"name":"echo","arguments":{"a":"x"}}}\n',
            -32602,
        ),
        (ValueError("too long"), -32700),
    ],
    ids=["text", "bytes", "batch", "version", "null", "method", "tool", "params", "args", "long"],
)
async def test_what_is_wrong_is_answered_by_its_code(line: bytes | ValueError, code: int) -> None:
    host = Host()
    host.say(line)
    await until(lambda: bool(host.heard))
    (answer,) = await host.end()
    assert answer["error"]["code"] == code


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6))
def test_no_line_ends_it(lines: list[bytes]) -> None:
    async def run() -> list[dict[str, Any]]:
        host = Host()
        for line in lines:
            host.say(line.replace(b"\n", b" ") + b"\n")
        host.call(99, "ping")
        return await host.end()

    assert asyncio.run(run())[-1]["id"] == 99


def test_the_description_tells_of_every_argument() -> None:
    schema = described(print_token=False)["inputSchema"]
    assert isinstance(schema, dict)
    assert set(schema["properties"]) == set(Arguments.__struct_fields__)
    assert "never returns a token" in str(described(print_token=False)["description"])
    assert "returns the token" in str(described(print_token=True)["description"])
