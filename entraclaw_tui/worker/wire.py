"""One connection: bytes in, calls out, answers back; bounded in every direction."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import msgspec

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import FRAME_LIMIT, PROTOCOL, Hello, HelloResult, Limits
from entraclaw_tui.ipc.peer import Peer, SocketLike, unchanged
from entraclaw_tui.worker.line_buffer import LineBuffer
from entraclaw_tui.worker.log import WorkerLog, place_of

FIRST_FRAME: Final = 5.0
"""Seconds within which a new connection has to say hello."""
WHOLE_FRAME: Final = 15.0
"""Seconds within which a line that was begun has to end."""
AT_A_TURN: Final = 64
"""Lines of one connection that are worked on in one turn."""
IN_FLIGHT: Final = 16
"""Calls of one connection that may be under way; more of them wait in the socket."""
STALLED: Final = 20.0
"""Seconds that a peer may leave what was sent to it unread."""

Answer = msgspec.Struct | Awaitable[msgspec.Struct]


class Service(Protocol):
    """What a connection talks to: one object a connection."""

    limits: Limits
    server: str

    @property
    def kept(self) -> bool:
        """Whether the connection stays even where others wait for room."""
        ...

    def hello(self, hello: Hello) -> None:
        """The client has introduced itself."""
        ...

    def call(self, call: framing.Call) -> Answer:
        """Answer a call, at once or later. Raises WireError."""
        ...

    def closed(self) -> None:
        """The connection has ended."""
        ...


class Wire(asyncio.Protocol):
    """A connection of either socket. Whatever a client sends, the worker goes on."""

    def __init__(
        self,
        peer: Peer,
        open_service: Callable[[Wire], Service],
        forget: Callable[[Wire], None],
        log: WorkerLog,
    ) -> None:
        self.peer = peer
        self._open_service = open_service
        self._forget = forget
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._service: Service | None = None
        self._transport: asyncio.Transport | None = None
        self._socket: SocketLike | None = None
        self._buffer = LineBuffer()
        self._greeted = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._turn: asyncio.Handle | None = None
        self._writable = True
        self._over = False
        self._refused: WireError | None = None
        self.on_drained: Callable[[], None] | None = None
        """Told when a peer that was slow can take more."""
        self.heard_at = self._loop.time()
        """The loop's time when the peer last sent something."""

    # -- what the service uses ----------------------------------------------------------------

    @property
    def writable(self) -> bool:
        """Whether the peer takes what it is sent."""
        return self._writable and not self._over

    @property
    def idle(self) -> bool:
        """Whether nothing that the peer asked for is under way, and no person needs it."""
        return not self._tasks and not (self._service is not None and self._service.kept)

    def unchanged(self) -> bool:
        """Whether the same process and program is still at the other end."""
        return not self._over and self._socket is not None and unchanged(self._socket, self.peer)

    def send(self, line: bytes) -> None:
        """Send one line."""
        if self._transport is not None and not self._over:
            self._transport.write(line)

    def refuse(self, error: WireError, call_id: int | str | None = None) -> None:
        """Send an error and close; where the connection is not taken in yet, once it is."""
        if self._transport is None:
            self._refused = error
        self.send(framing.encode_error(call_id, error))
        self.close()

    def close(self) -> None:
        """Close once what was sent is through."""
        if self._transport is not None and not self._over:
            self._over = True
            self._transport.close()
            self._abort_after(1.0)  # a peer that never reads would keep it open

    # -- asyncio ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("not a stream")
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._service = self._open_service(self)
        self._set_deadline(FIRST_FRAME, "Say hello first.")
        if self._refused is not None:
            self.refuse(self._refused)

    def data_received(self, data: bytes) -> None:
        """Take in bytes; work on the lines that are whole."""
        if self._over:
            return
        self.heard_at = self._loop.time()
        self._buffer.add(data)
        self._work()

    def pause_writing(self) -> None:
        """The peer does not read: take nothing more from it, and not forever."""
        self._writable = False
        self._balance()
        if self._stall is None and not self._over:
            self._abort_after(STALLED)

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._writable = True
        if self._stall is not None and not self._over:
            self._stall.cancel()
            self._stall = None
        if self.on_drained is not None:
            self.on_drained()
        self._work()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection has ended, whoever ended it."""
        self._over = True
        self._clear_deadline()
        if self._stall is not None:
            self._stall.cancel()
        self._buffer.clear()
        for under_way in (*self._tasks, *([self._turn] if self._turn else ())):
            under_way.cancel()
        if self._service is not None:
            self._guard(self._service.closed)
        self._forget(self)
        self.peer.close()

    # -- inside -------------------------------------------------------------------------------

    def _work(self) -> None:
        """Work on whole lines, some at a time, so that one peer never keeps the others waiting."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        for _ in range(AT_A_TURN):
            if self._over or not self._writable or len(self._tasks) >= IN_FLIGHT:
                break
            line = self._buffer.next()
            if line is None:
                if self._buffer.too_long:
                    self._too_large()
                break
            if self._greeted:
                self._clear_deadline()  # it was this line's
            self._take(line)
        else:
            self._turn = self._loop.call_soon(self._work)
        self._balance()

    def _balance(self) -> None:
        """Read no more than can be worked on: the rest waits in the socket."""
        if self._transport is None or self._over:
            return
        if not self._writable or self._buffer.whole:
            self._transport.pause_reading()
            return
        self._transport.resume_reading()
        if self._greeted and self._buffer.begun and self._deadline is None:
            self._set_deadline(WHOLE_FRAME, "The line did not end.")

    def _take(self, line: bytes) -> None:
        try:
            call = framing.decode_call(line)
        except WireError as error:
            self._bad_line(line, error)
            return
        try:
            if call.id is None:
                raise WireError(Code.INVALID_REQUEST, "A call needs an id.")
            if not self._greeted:
                answer: Answer = self._greet(call)
            else:
                answer = self._require_service().call(call)
        except WireError as error:
            self.send(framing.encode_error(call.id, error))
        except Exception as error:
            self._unexpected(call.id, error)
        else:
            if isinstance(answer, msgspec.Struct):
                self.send(framing.encode_result(call.id, answer))
            else:
                task = self._loop.create_task(self._finish(call.id, answer))
                self._tasks.add(task)
                task.add_done_callback(self._finished)

    async def _finish(self, call_id: int | str, answer: Awaitable[msgspec.Struct]) -> None:
        try:
            self.send(framing.encode_result(call_id, await answer))
        except WireError as error:
            self.send(framing.encode_error(call_id, error))
        except Exception as error:
            self._unexpected(call_id, error)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._over:
            self._work()

    def _greet(self, call: framing.Call) -> HelloResult:
        if call.method != "hello":
            raise WireError(Code.HELLO_REQUIRED, "Say hello first.")
        hello = framing.decode_params(call, Hello)
        if hello.protocol != PROTOCOL:
            raise WireError(
                Code.UNSUPPORTED_PROTOCOL, f"This worker speaks protocol {PROTOCOL} only."
            )
        service = self._require_service()
        service.hello(hello)
        self._greeted = True
        self._clear_deadline()
        return HelloResult(PROTOCOL, service.server, service.limits, secrets.token_hex(16))

    def _bad_line(self, line: bytes, error: WireError) -> None:
        self.send(framing.encode_error(framing.call_id(line), error))
        if not self._greeted:
            self.close()

    def _too_large(self) -> None:
        self.refuse(WireError(Code.FRAME_TOO_LARGE, f"A line has at most {FRAME_LIMIT} bytes."))

    def _unexpected(self, call_id: int | str | None, error: Exception) -> None:
        kind, where = type(error).__name__, place_of(error)
        self._log.error("A call failed unexpectedly.", kind=kind, where=where)
        mistake = WireError(Code.INTERNAL, "The worker made a mistake.")
        self.send(framing.encode_error(call_id, mistake))

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._log.error("Closing a connection failed.", kind=type(error).__name__)

    def _require_service(self) -> Service:
        if self._service is None:
            raise WireError(Code.INTERNAL, "The connection has ended.")
        return self._service

    def _abort_after(self, seconds: float) -> None:
        if self._stall is not None:
            self._stall.cancel()
        if self._transport is not None:
            self._stall = self._loop.call_later(seconds, self._transport.abort)

    def _set_deadline(self, seconds: float, why: str) -> None:
        self._clear_deadline()
        error = WireError(Code.TOO_SLOW, why)
        self._deadline = self._loop.call_later(seconds, self.refuse, error)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
