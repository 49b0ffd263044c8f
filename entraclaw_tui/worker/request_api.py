"""What `request.sock` answers. There is no verb here that decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.framing import Call
from entraclaw_tui.ipc.messages import FRAME_LIMIT, Hello, Limits
from entraclaw_tui.ipc.request_messages import StateResult, TokenAwait, TokenById, TokenRequest
from entraclaw_tui.worker.asks import Asks
from entraclaw_tui.worker.engine import Engine
from entraclaw_tui.worker.fatigue import ASKS_A_MINUTE, PENDING_A_CLIENT
from entraclaw_tui.worker.requester import Asker, Requesters
from entraclaw_tui.worker.server import gone
from entraclaw_tui.worker.wire import Answer, Wire

LIMITS = Limits(FRAME_LIMIT, PENDING_A_CLIENT, ASKS_A_MINUTE, 300_000, 300)


class RequestApi:
    """One client's connection."""

    limits = LIMITS
    kept = False

    def __init__(
        self,
        wire: Wire,
        engine: Callable[[], Engine],
        requesters: Requesters,
        server: str,
    ) -> None:
        self.server = server
        self.peer = wire.peer
        self.claimed_name = ""
        self.claimed_version = ""
        self.shows_code = False
        self._wire = wire
        self._engine = engine
        self._requesters = requesters
        self._asker: Asker | None = None
        self._describing: asyncio.Task[Asker] | None = None

    def hello(self, hello: Hello) -> None:
        """Remember how the client calls itself; begin to look who it is."""
        self.claimed_name = hello.client.name
        self.claimed_version = hello.client.version
        self.shows_code = hello.shows_code
        self._describe()

    def call(self, call: Call) -> Answer:
        """Answer one call."""
        match call.method:
            case "token.request":
                params = framing.decode_params(call, TokenRequest)
                return self._asks().request(self, params, self._asker)
            case "token.await":
                return self._asks().wait(self, framing.decode_params(call, TokenAwait))
            case "token.collect":
                by_id = framing.decode_params(call, TokenById)
                return self._asks().collect(self, by_id.request_id, self._asker)
            case "token.cancel":
                by_id = framing.decode_params(call, TokenById)
                return self._cancel(by_id.request_id)
            case "hello":
                raise WireError(Code.INVALID_REQUEST, "Hello was said already.")
            case _:
                raise WireError(Code.UNKNOWN_METHOD, "This socket has no such method.")

    def closed(self) -> None:
        """The client went."""
        if self._describing is not None:
            self._describing.cancel()
        try:
            engine = self._engine()
        except WireError:
            return
        engine.asks.left(self, gone=gone(self._wire))

    async def asker(self) -> Asker:
        """Return what the system says of the client."""
        if self._asker is None:
            self._asker = await asyncio.shield(self._describe())
        return self._asker

    def unchanged(self) -> bool:
        """Whether the same process, running the same program, is still at the other end."""
        return self._wire.unchanged()

    def _asks(self) -> Asks:
        return self._engine().asks

    async def _cancel(self, request_id: str) -> msgspec.Struct:
        return StateResult(await self._asks().cancel(self, request_id))

    def _describe(self) -> asyncio.Task[Asker]:
        if self._describing is None or self._failed(self._describing):
            work: Awaitable[Asker] = self._requesters.describe(self.peer)
            self._describing = asyncio.ensure_future(work)
        return self._describing

    def _failed(self, task: asyncio.Task[Asker]) -> bool:
        return task.done() and not task.cancelled() and task.exception() is not None
