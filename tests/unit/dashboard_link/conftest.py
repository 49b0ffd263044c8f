from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.ipc import framing, messages
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Proof, Remember, Request, Requester, Scope, State, Tier
from entraclaw_tui.model.privacy import Signature


def request(id: str = "r1", **changes: object) -> Request:
    program = "/usr/local/bin/mcp-notes"
    requester = Requester(
        pid=4907,
        started_at=900.0,
        uid=501,
        user="demo",
        executable=program,
        digest="ab" * 32,
        signature=Signature(program, "valid"),
        parents=(),
        terminal="",
        verified_by="pidfd",
        identity="id-1",
    )
    plain = Request(
        id=id,
        digest="d1",
        revision=1,
        state=State.PENDING,
        tier=Tier.LOW,
        proof=Proof.KEY,
        flow="obo",
        agent="research-bot",
        tenant="contoso.example",
        account="demo@contoso.example",
        resource="https://graph.microsoft.com",
        scopes=(Scope("User.Read", Tier.LOW, "read your profile"),),
        claimed_name="mcp-notes",
        claimed_version="1.0",
        reason="",
        requester=requester,
        new_client=False,
        remember_options=(Remember.ONCE,),
        created_at=1000.0,
        expires_at=1120.0,
    )
    return msgspec.structs.replace(plain, **changes)


def snapshot(seq: int = 1, *requests: Request, pid: int = 4821) -> messages.Snapshot:
    worker = messages.WorkerInfo(
        pid, "0.1.0", 500.0, False, "ok", "ok", "demo@contoso.example", "contoso.example", "", ""
    )
    session = messages.Session(False, None, False, "", True, "", "set")
    return messages.Snapshot(seq, worker, session, requests, (), (), ())


class WireWorker:
    """A worker of a few lines behind a real socket: it speaks the wire and remembers the calls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.snapshot = snapshot()
        self.resyncs = 0
        """How many subscriptions answer that too much was missed."""
        self.calls: list[framing.Call] = []
        self.answers: dict[str, msgspec.Struct | WireError] = {}
        self.silent = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    def called(self, method: str) -> list[bytes]:
        return [bytes(call.params) for call in self.calls if call.method == method]

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()
            self._server = None
            self.path.unlink(missing_ok=True)

    def hang_up(self) -> None:
        for writer in tuple(self._writers):
            writer.close()

    def tell(self, *events: messages.Event) -> None:
        for writer in self._writers:
            writer.write(b"".join(map(framing.encode_event, events)))

    def send(self, line: bytes) -> None:
        for writer in self._writers:
            writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                call = framing.decode_call(line)
                self.calls.append(call)
                if not self.silent:
                    writer.write(self._answer(call))
        self._writers.discard(writer)
        writer.close()

    def _answer(self, call: framing.Call) -> bytes:
        answer = self.answers.get(call.method) or self._usual(call)
        if isinstance(answer, WireError):
            return framing.encode_error(call.id, answer)
        return framing.encode_result(call.id, answer)

    def _usual(self, call: framing.Call) -> msgspec.Struct | WireError:
        match call.method:
            case "hello":
                limits = messages.Limits(65536, 5, 10, 60000, 120)
                return messages.HelloResult(1, "scripted", limits, "n")
            case "snapshot":
                return self.snapshot
            case "subscribe":
                self.resyncs -= 1
                return messages.SubscribeResult(self.snapshot.seq, self.resyncs >= 0)
            case _:
                return WireError(Code.UNKNOWN_METHOD, f"No {call.method} here.")


@pytest.fixture
async def worker() -> AsyncIterator[WireWorker]:
    with tempfile.TemporaryDirectory(prefix="ec-", dir="/tmp") as folder:
        served = WireWorker(Path(folder, "control.sock"))
        yield served
        await served.stop()


@pytest.fixture
def a_request() -> Callable[..., Request]:
    return request


@pytest.fixture
def a_snapshot() -> Callable[..., messages.Snapshot]:
    return snapshot


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.005)

    return wait
