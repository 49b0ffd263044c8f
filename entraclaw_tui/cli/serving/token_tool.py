"""The tool `get_token_request`: files a request, and tells where it stands.

It returns a token only where the person who started the server said so on its command line: what
a tool returns goes into a model's context, and from there anywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from entraclaw_tui import __version__
from entraclaw_tui.ipc.client import Connection
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.ipc.request_messages import (
    StateResult,
    TokenAwait,
    TokenAwaitResult,
    TokenById,
    TokenRequest,
    TokenRequestResult,
    TokenResult,
)

NAME = "get_token_request"
_WAITING = frozenset({"pending", "approved", "exchanging"})
_NEXT = {
    "pending": "A person has to allow it in the panel of entraclaw-tui. Ask again with request_id.",
    "approved": "It was allowed; the exchange is under way. Ask again with request_id.",
    "exchanging": "It was allowed; the exchange is under way. Ask again with request_id.",
    "denied": "A person said no. Do not ask for the same again unless they want it.",
    "expired": "Nobody decided in time. Ask the person before you file another one.",
    "cancelled": "It was cancelled.",
    "failed": "It was allowed, but Entra gave no token.",
    "delivered": "Its token was collected already.",
}


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call says: a new request, or the id of one that was filed before."""

    resource: str = ""
    scopes: tuple[str, ...] = ()
    reason: str = ""
    flow: Literal["obo", "agent_obo", "agent_user", "app"] = "obo"
    request_id: str = ""
    wait_seconds: Annotated[int, msgspec.Meta(ge=0, le=55)] = 20


class TokenTool:
    """Asks over one connection: a request ends with the connection that filed it."""

    def __init__(self, socket: Path, *, print_token: bool) -> None:
        self._socket = socket
        self._print = print_token
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._codes: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The tool's name."""
        return NAME

    @property
    def described(self) -> dict[str, object]:
        """What `tools/list` tells."""
        return described(print_token=self._print)

    async def close(self) -> None:
        """Let go of what was asked for."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def call(self, arguments: bytes) -> dict[str, object]:
        """File a request, or look after one. Raises msgspec.MsgspecError for wrong arguments."""
        wanted = msgspec.json.decode(arguments, type=Arguments)
        if bool(wanted.request_id) == bool(wanted.resource and wanted.scopes):
            raise msgspec.ValidationError("name resource and scopes, or a request_id alone")
        try:
            return _said(await self._state(wanted))
        except WireError as error:
            return _said(
                {"error": error.code.value, "message": f"{error.message} {error.hint}".strip()},
                wrong=True,
            )
        except ConnectionLost as error:
            await self.close()
            return _said({"error": "worker_unreachable", "message": str(error)}, wrong=True)

    async def _state(self, wanted: Arguments) -> dict[str, object]:
        connection = await self._connected()
        id = wanted.request_id
        if not id:
            asked = await self._file(connection, wanted)
            id = asked.request_id
            if asked.token is not None:  # a live grant had it in hand
                return {"request_id": id, "state": asked.state.value} | _token(asked.token)
        wait = TokenAwait(id, wanted.wait_seconds * 1000)
        try:
            found = await connection.call(
                "token.await", wait, TokenAwaitResult, quiet=wanted.wait_seconds + 10
            )
        except asyncio.CancelledError:
            if not wanted.request_id:  # nobody will ever hear its id
                with contextlib.suppress(WireError, ConnectionLost):
                    await connection.call("token.cancel", TokenById(id), StateResult)
            raise
        return await self._told(connection, found)

    async def _file(self, connection: Connection, wanted: Arguments) -> TokenRequestResult:
        asked = await connection.call(
            "token.request",
            TokenRequest(
                wanted.resource,
                wanted.scopes,
                flow=wanted.flow,
                reason=wanted.reason,
                expires_in=300,
                collect=self._print,
            ),
            TokenRequestResult,
        )
        if asked.match_code:
            self._codes[asked.request_id] = asked.match_code
        return asked

    async def _told(self, connection: Connection, found: TokenAwaitResult) -> dict[str, object]:
        state = found.state.value
        told: dict[str, object] = {"request_id": found.request_id, "state": state}
        if state in _NEXT:
            told["next"] = _NEXT[state]
        if state == "pending" and (code := self._codes.get(found.request_id)):
            told["code_to_show"] = code
            told["next"] = f"Show the person these two digits to type in the panel. {_NEXT[state]}"
        if state not in _WAITING:
            self._codes.pop(found.request_id, None)
        if found.code:
            told["code"] = found.code
        if found.message:
            told["message"] = found.message
        if state == "ready":
            told |= await self._ready(connection, found.request_id)
        return told

    async def _ready(self, connection: Connection, id: str) -> dict[str, object]:
        if not self._print:
            return {"next": "It was allowed. This server was started without --print-token."}
        return _token(await connection.call("token.collect", TokenById(id), TokenResult))

    async def _connected(self) -> Connection:
        async with self._connecting:
            if self._connection is None:
                self._connection = await Connection.open(
                    self._socket, "entraclaw-tui mcp", __version__, shows_code=True
                )
            return self._connection


def described(*, print_token: bool) -> dict[str, object]:
    """Return the tool's description."""
    gives = (
        "and returns the token once a person has allowed it."
        if print_token
        else "and tells its state; it never returns a token."
    )
    text = {"type": "string"}
    return {
        "name": NAME,
        "title": "Ask for an access token",
        "description": f"Files a request for a Microsoft Entra access token, which a person has to "
        f"allow in a panel of their own, {gives} With request_id it tells of an earlier request.",
        "inputSchema": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "resource": {**text, "description": "https://graph.microsoft.com, say."},
                "scopes": {"type": "array", "items": text, "maxItems": 20},
                "reason": {**text, "description": "Why, for the person who decides."},
                "flow": {"enum": ["obo", "agent_obo", "agent_user", "app"], "default": "obo"},
                "request_id": {**text, "description": "Of an earlier request, in place of all."},
                "wait_seconds": {"type": "integer", "minimum": 0, "maximum": 55, "default": 20},
            },
        },
        "annotations": {
            "readOnlyHint": False,
            "destructiveHint": False,
            "idempotentHint": False,
            "openWorldHint": True,
        },
    }


def _token(token: TokenResult) -> dict[str, object]:
    return {
        "access_token": token.access_token,
        "token_type": token.token_type,
        "expires_at": token.expires_at,
        "scopes": token.scopes,
    }


def _said(told: dict[str, object], *, wrong: bool = False) -> dict[str, object]:
    text = msgspec.json.encode(told).decode()
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": told,
        "isError": wrong,
    }
