"""A client of the raw wire inside an event loop: many of them can be under way at a time."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path


class EventClient:
    """One connection, its calls and the notifications that came."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._answers: dict[int, asyncio.Future[dict[str, object]]] = {}
        self._id = 0
        self.events: asyncio.Queue[dict[str, object]] = asyncio.Queue(10_000)
        self._task = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def open(cls, path: Path, name: str, *, shows_code: bool = False) -> EventClient:
        """Connect and say hello. Raises ConnectionError where nobody answers."""
        reader, writer = await asyncio.open_unix_connection(path, limit=2**24)
        client = cls(reader, writer)
        try:
            said = {"protocol": 1, "client": {"name": name, "version": "1.0"}}
            await client.result("hello", **said, shows_code=shows_code)
        except BaseException:
            await client.close()
            raise
        return client

    async def ask(self, method: str, **params: object) -> dict[str, object]:
        """Call and return the whole answer. Raises ConnectionError where the other end went."""
        if self._task.done():
            raise ConnectionResetError(method)
        self._id += 1
        answer: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        self._answers[self._id] = answer
        call = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        self._writer.write(json.dumps(call).encode() + b"\n")
        return await answer

    async def result(self, method: str, **params: object) -> dict[str, object]:
        """Call and return the result; a refusal fails."""
        answer = await self.ask(method, **params)
        found = answer.get("result")
        assert isinstance(found, dict), answer
        return found

    async def event(self) -> dict[str, object]:
        """Return the next notification. Raises ConnectionError where the other end went."""
        getting = asyncio.ensure_future(self.events.get())
        await asyncio.wait({getting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if getting.done():
            return getting.result()
        getting.cancel()
        raise ConnectionResetError("the other end went")

    async def close(self) -> None:
        """Go away."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._writer.close()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                found = json.loads(line)
                waiting = self._answers.pop(found.get("id") or 0, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(found)
                elif "method" in found and not self.events.full():
                    self.events.put_nowait(found["params"])
        except (OSError, ValueError):
            pass
        finally:
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the other end went"))
            self._answers.clear()
