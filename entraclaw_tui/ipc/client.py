"""The other end of a socket: call, await the answer, hear events."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import PROTOCOL, ClientInfo, Event, Hello, HelloResult

T = TypeVar("T")

_READ_LIMIT = 16 * 1024 * 1024
"""Bytes of one line from the worker: a snapshot of 200 requests fits many times over."""
_QUIET = 10.0
"""Seconds without an answer after which a call gives up."""


class Connection:
    """One connection to the worker. Use it as an async context manager."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[framing.Frame]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._lost: str | None = None
        self._pump = asyncio.create_task(self._read(), name="ipc-read")
        self.welcome: HelloResult | None = None

    @classmethod
    async def open(
        cls, path: Path, name: str, version: str = "", *, shows_code: bool = False
    ) -> Connection:
        """Connect and say hello. Raises ConnectionLost where nobody listens, WireError for a no."""
        connection = cls(*await _connect(path))
        try:
            hello = Hello(PROTOCOL, ClientInfo(name, version), shows_code)
            connection.welcome = await connection.call("hello", hello, HelloResult)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def call(
        self, method: str, params: msgspec.Struct | None, kind: type[T], *, quiet: float = _QUIET
    ) -> T:
        """Call `method` and return its result as `kind`.

        Raises WireError for a refusal, ConnectionLost where the worker went or stayed silent
        for `quiet` seconds.
        """
        if self._lost is not None:
            raise ConnectionLost(self._lost)
        number = next(self._ids)
        future: asyncio.Future[framing.Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._writer.write(framing.encode_call(number, method, params))
            async with asyncio.timeout(quiet):
                await self._writer.drain()
                frame = await future
        except TimeoutError:
            raise ConnectionLost(f"The worker did not answer within {quiet:g} s.") from None
        except (ConnectionError, BrokenPipeError):
            raise ConnectionLost("The worker closed the connection.") from None
        finally:
            self._waiting.pop(number, None)
        return _result(frame, kind)

    async def events(self) -> AsyncIterator[Event]:
        """Yield events until the connection ends. Call `subscribe` first."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """Close, quietly."""
        self._pump.cancel()
        self._writer.close()
        # Gathered, so that the pump's cancellation is not taken for ours, nor ours for its own.
        await asyncio.gather(self._pump, return_exceptions=True)
        with contextlib.suppress(ConnectionError, OSError):
            await self._writer.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _read(self) -> None:
        reason = "The worker closed the connection."
        try:
            while line := await self._reader.readline():
                self._take(framing.decode_frame(line))
        except (ConnectionError, OSError):
            pass
        except (WireError, ValueError) as error:
            reason = str(error)
        finally:
            self._lost = reason
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionLost(reason))
            self._events.put_nowait(None)

    def _take(self, frame: framing.Frame) -> None:
        if frame.method == "event" and not isinstance(frame.params, msgspec.UnsetType):
            with contextlib.suppress(msgspec.MsgspecError):  # a newer worker's event: skip it
                self._events.put_nowait(msgspec.json.decode(frame.params, type=Event))
        elif isinstance(frame.id, int) and (future := self._waiting.get(frame.id)):
            if not future.done():
                future.set_result(frame)
        elif not isinstance(frame.error, msgspec.UnsetType):
            # A refusal of the connection itself carries no id: whoever waits hears it.
            for future in self._waiting.values():
                if not future.done():
                    future.set_result(frame)


async def _connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        reader, writer = await asyncio.open_unix_connection(os.fspath(path), limit=_READ_LIMIT)
    except FileNotFoundError:
        raise ConnectionLost("The worker is not running: it has no socket.") from None
    except ConnectionRefusedError:
        raise ConnectionLost("The worker is not running: nobody listens on its socket.") from None
    except OSError as error:
        # Python itself refuses a path that is too long, without a number.
        why = error.strerror or str(error)
        raise ConnectionLost(f"The worker's socket cannot be opened: {why}.") from None
    return reader, writer


def _result(frame: framing.Frame, kind: type[T]) -> T:
    if not isinstance(frame.error, msgspec.UnsetType):
        data = frame.error.data or framing.ErrorData("")
        code = Code(data.code) if data.code in set(Code) else Code.INTERNAL
        raise WireError(code, frame.error.message, data.hint, data.retry_after)
    if isinstance(frame.result, msgspec.UnsetType):
        raise ConnectionLost("The worker sent an answer without a result.")
    try:
        return msgspec.json.decode(frame.result, type=kind)
    except msgspec.MsgspecError as error:
        raise ConnectionLost(f"The worker sent an answer of another kind: {error}") from None
