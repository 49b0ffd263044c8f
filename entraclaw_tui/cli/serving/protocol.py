"""The Model Context Protocol over stdio, as far as a server with tools alone needs it.

JSON-RPC 2.0, one message a line (modelcontextprotocol.io, revisions 2024-11-05 to 2025-11-25).
Nothing but messages may be written to standard output.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec

LINE = 64 * 1024
"""Bytes of one message from the host."""
REVISIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
_AT_ONCE = 8
_PARSE, _INVALID, _NO_METHOD, _PARAMS, _BUSY = -32700, -32600, -32601, -32602, -32000

Id = int | str
T = TypeVar("T")


class Message(msgspec.Struct, frozen=True):
    """A call of the host's, or a notification, which has no id and gets no answer."""

    jsonrpc: str
    method: str
    id: Id | msgspec.UnsetType | None = msgspec.UNSET
    params: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class ToolCall(msgspec.Struct, frozen=True):
    """The parameters of `tools/call`."""

    name: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Cancelled(msgspec.Struct, frozen=True):
    """The parameters of `notifications/cancelled`."""

    requestId: Id


class Hello(msgspec.Struct, frozen=True):
    """The parameters of `initialize`, as far as they matter here."""

    protocolVersion: str = ""


class Tool(Protocol):
    """The one tool of a server."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def described(self) -> dict[str, object]:
        """What `tools/list` tells of it."""
        ...

    async def call(self, arguments: bytes) -> dict[str, object]:
        """Return the result of a call; a refusal is a result with `isError`.

        Raises msgspec.MsgspecError for arguments that are wrong.
        """
        ...


class Server:
    """Answers a host. `serve` it lines until they end."""

    def __init__(
        self, tool: Tool, version: str, instructions: str, write: Callable[[bytes], None]
    ) -> None:
        self._tool = tool
        self._version = version
        self._instructions = instructions
        self._write = write
        self._calls: dict[Id, asyncio.Task[None]] = {}

    async def serve(self, line: Callable[[], Awaitable[bytes]]) -> None:
        """Answer until the host closes; then end every call that is under way."""
        try:
            while data := await self._next(line):
                self._take(data)
        finally:
            for task in self._calls.values():
                task.cancel()
            await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _next(self, line: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            return await line()
        except ValueError:  # longer than LINE: where the next one begins is not known any more
            self._fail(None, _PARSE, f"a message may have {LINE} bytes")
            return b""

    def _take(self, data: bytes) -> None:
        if not data.strip():
            return
        try:
            message = msgspec.json.decode(data, type=Message)
        except msgspec.ValidationError:
            self._fail(None, _INVALID, "not a request of JSON-RPC 2.0 (batches are not taken)")
            return
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._fail(None, _PARSE, "not JSON")
            return
        if isinstance(message.id, msgspec.UnsetType):
            self._notified(message)
        elif message.id is None or message.jsonrpc != "2.0":
            self._fail(message.id, _INVALID, "not a request of JSON-RPC 2.0")
        else:
            self._called(message, message.id)

    def _notified(self, message: Message) -> None:
        if message.method == "notifications/cancelled":
            try:
                number = _params(message, Cancelled).requestId
            except msgspec.MsgspecError:
                return  # nobody waits for an answer to a notification
            if task := self._calls.get(number):
                task.cancel()

    def _called(self, message: Message, id: Id) -> None:
        match message.method:
            case "initialize":
                self._answer(id, self._hello(message))
            case "ping":
                self._answer(id, {})
            case "tools/list":
                self._answer(id, {"tools": [self._tool.described]})
            case "tools/call" if id in self._calls:
                self._fail(id, _INVALID, "this id is in use")
            case "tools/call" if len(self._calls) >= _AT_ONCE:
                self._fail(id, _BUSY, f"{_AT_ONCE} calls are under way already")
            case "tools/call":
                task = asyncio.create_task(self._run(message, id))
                self._calls[id] = task
                task.add_done_callback(lambda _: self._calls.pop(id, None))
            case _:
                self._fail(id, _NO_METHOD, "no such method")

    def _hello(self, message: Message) -> dict[str, object]:
        try:
            wanted = _params(message, Hello).protocolVersion
        except msgspec.MsgspecError:
            wanted = ""
        return {
            "protocolVersion": wanted if wanted in REVISIONS else REVISIONS[0],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "entraclaw-tui", "version": self._version},
            "instructions": self._instructions,
        }

    async def _run(self, message: Message, id: Id) -> None:
        try:
            call = _params(message, ToolCall)
            if call.name != self._tool.name:
                self._fail(id, _PARAMS, "no such tool")
                return
            self._answer(id, await self._tool.call(bytes(call.arguments)))
        except msgspec.MsgspecError as error:
            self._fail(id, _PARAMS, str(error))

    def _answer(self, id: Id, result: dict[str, object]) -> None:
        self._send({"jsonrpc": "2.0", "id": id, "result": result})

    def _fail(self, id: Id | None, code: int, message: str) -> None:
        self._send({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})

    def _send(self, message: dict[str, object]) -> None:
        self._write(msgspec.json.encode(message) + b"\n")


def _params(message: Message, kind: type[T]) -> T:
    raw = b"{}" if isinstance(message.params, msgspec.UnsetType) else bytes(message.params)
    return msgspec.json.decode(raw, type=kind)
