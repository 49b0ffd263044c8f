"""Whatever bytes come in, the worker goes on, stays small, and serves who behaves."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.demo.mac import build
from entraclaw_tui.ipc.peer import peer_of
from entraclaw_tui.worker.bus import Bus
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.control_api import ControlApi
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.panels import Panels
from entraclaw_tui.worker.permit import NoPermit, Permit
from entraclaw_tui.worker.request_api import RequestApi
from entraclaw_tui.worker.requester import Requesters
from entraclaw_tui.worker.status import Status
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.wire import Service, Wire
from tests.support.fault_table import Rows
from tests.support.hostile_frames import Frames
from tests.support.raw_client import RawClient, refusal
from tests.support.running_worker import RunningWorker, running_worker
from tests.support.sizes import sizes
from tests.support.worker_stage import WorkerStage

MB = 1024 * 1024
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":{"name":"x"}}}\n'
AT_ONCE = 40
"""Lines that come in together."""


@pytest.fixture
def worker() -> Iterator[RunningWorker]:
    with running_worker() as running:
        yield running


class Ear(asyncio.Transport):
    """A transport that keeps nothing of what it is given."""

    def __init__(self, one: socket.socket) -> None:
        super().__init__({"socket": one})
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Room:
    """Both services of a real engine, without sockets between."""

    def __init__(self, folder: Path) -> None:
        self.host = build.prepare(folder / "mac")
        self.stage = WorkerStage(folder)
        self.log = WorkerLog(folder / "wire.log")
        self.pair = socket.socketpair(socket.AF_UNIX)
        self.told: list[dict[str, object]] = []

    async def start(self) -> None:
        engine = await self.stage.start()
        asyncio.get_running_loop().set_exception_handler(lambda loop, what: self.told.append(what))
        bus, self.panels = engine.core.bus, Panels()
        self.status = Status(self.host, Bus(1.0), Clock(), self._nothing)
        self.status.engine = engine
        self.requesters = Requesters(self.host)
        self.bus = bus

    async def _nothing(self) -> None: ...

    def request(self, wire: Wire) -> Service:
        return RequestApi(wire, self.status.require_engine, self.requesters, "test")

    def control(self, wire: Wire) -> Service:
        return ControlApi(wire, self.status, self.panels, self.bus, Clock(), 0, self._permit)

    def _permit(self, terminal: str) -> Permit:
        raise NoPermit("none here")

    def wire(self, service: Callable[[Wire], Service]) -> tuple[Wire, Ear]:
        wire = Wire(peer_of(self.pair[0]), service, lambda wire: None, self.log)
        ear = Ear(self.pair[0])
        wire.connection_made(ear)
        wire.data_received(HELLO)
        return wire, ear


async def feed(room: Room, service: Callable[[Wire], Service], frames: Frames, count: int) -> None:
    """Send that many lines, over a new connection wherever the last was closed."""
    wire, ear = room.wire(service)
    for _ in range(0, count, AT_ONCE):
        wire.data_received(b"".join(frames.next() for _ in range(AT_ONCE)))
        while not ear.closed and (wire._tasks or wire._buffer.whole):  # noqa: ASYNC110
            await asyncio.sleep(0)
        if ear.closed:
            wire.connection_lost(None)
            await asyncio.sleep(0)
            wire, ear = room.wire(service)
    wire.connection_lost(None)
    await asyncio.sleep(0)


@sizes(12_000, 1_000_000)
async def test_no_line_brings_the_worker_down(folder: Path, table: Rows, rounds: int) -> None:
    room = Room(folder)
    await room.start()
    frames = (Frames(4, control=False), Frames(5, control=True))
    process = psutil.Process()
    # What Python and the database keep for good is there after the first lines.
    await feed(room, room.request, frames[0], 3000)
    await feed(room, room.control, frames[1], 3000)
    gc.collect()
    before = process.memory_info().rss
    for _ in range(10):
        await feed(room, room.request, frames[0], rounds // 20)
        await feed(room, room.control, frames[1], rounds // 20)
    gc.collect()
    grown = (process.memory_info().rss - before) / MB
    log = folder / "wire.log"
    assert not log.exists() or "unexpectedly" not in log.read_text("utf-8"), log.read_text("utf-8")
    table("hostile lines to both services in process", rounds, rounds)
    table("memory more after them, MB", grown, "< 10")
    assert room.told == []
    assert room.stage.exchange.wishes == []
    assert grown < 10
    await room.stage.stop()
    room.log.close()
    for one in room.pair:
        one.close()


@sizes(3_000, 50_000)
def test_a_fuzzed_worker_serves_who_behaves(
    worker: RunningWorker, table: Rows, rounds: int
) -> None:
    honest = worker.client("honest")
    times: list[float] = []
    over = threading.Event()

    def behave() -> None:
        gone = False  # at least one call, even where this thread comes late
        while not gone:
            start = time.monotonic()
            assert honest.code("token.cancel", request_id="r_none") == "not_found"
            times.append(time.monotonic() - start)
            gone = over.wait(0.005)

    assert worker.process is not None
    process = psutil.Process(worker.process.pid)
    throw(worker, 1000, seed=1)
    before = process.memory_info().rss
    thread = threading.Thread(target=behave, daemon=True)
    thread.start()
    try:
        throw(worker, rounds, seed=2)
    finally:
        over.set()
        thread.join(10)
    grown = (process.memory_info().rss - before) / MB
    honest.close()
    assert worker.process.poll() is None
    assert "unexpectedly" not in worker.log()
    assert "in the background" not in worker.log()
    assert worker.wishes == []
    assert worker.end() == 0
    times.sort()
    late = times[-len(times) // 100 - 1]
    table("hostile lines over the sockets of a real worker", rounds, rounds)
    table("memory of the worker more after them, MB", grown, "< 10")
    table("an honest call meanwhile, ms, p99", late * 1000, "< 50")
    assert late < 0.05
    assert grown < 10


async def test_whoever_goes_in_the_middle_leaves_the_database_at_work(folder: Path) -> None:
    stage = WorkerStage(folder)
    await stage.start()
    ledger = stage.engine.core.ledger
    begun, go_on = threading.Event(), threading.Event()

    def slow(txn: Transaction) -> None:
        begun.set()
        go_on.wait(10)

    gone = asyncio.create_task(ledger.read(slow))
    await asyncio.to_thread(begun.wait)
    gone.cancel()
    await asyncio.wait([gone])
    go_on.set()
    async with asyncio.timeout(10):
        assert await ledger.read(lambda txn: 1) == 1
    await stage.stop()


def throw(worker: RunningWorker, count: int, seed: int) -> None:
    """Send that many hostile lines to both sockets, and read every answer that comes."""
    frames = (Frames(seed, control=False), Frames(seed + 1, control=True))
    for _ in range(0, count, AT_ONCE * 2):
        for source, path in zip(
            frames, (worker.places.request_socket, worker.places.control_socket), strict=True
        ):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(20)
                peer.connect(str(path))
                lines = HELLO + b"".join(source.next() for _ in range(AT_ONCE))
                reader = threading.Thread(target=drain, args=(peer,), daemon=True)
                reader.start()
                try:
                    peer.sendall(lines)
                    peer.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # shown out
                reader.join()


def drain(peer: socket.socket) -> None:
    try:
        while peer.recv(65536):
            pass
    except ConnectionError:
        pass  # shown out


def test_frames_at_the_limit_and_past_it(worker: RunningWorker, table: Rows) -> None:
    found = []
    for size in (65_535, 65_536, 65_537):
        client = worker.client()
        frame = {"jsonrpc": "2.0", "id": 7, "method": "x", "params": {"pad": ""}}
        frame["params"] = {"pad": "a" * (size - 1 - len(json.dumps(frame)))}
        client.send(json.dumps(frame).encode() + b"\n")
        code = refusal(client.read())
        if code == "frame_too_large":
            assert client.read() is None
        found.append(code)
        client.close()
    table("lines of 64 KiB - 1, 64 KiB, 64 KiB + 1", "taken, taken, refused", "so")
    assert found == ["unknown_method", "unknown_method", "frame_too_large"]


@sizes(32, 1024)
def test_a_line_without_end_takes_no_memory(
    worker: RunningWorker, table: Rows, rounds: int
) -> None:
    # One round is a megabyte.
    assert worker.process is not None
    process = psutil.Process(worker.process.pid)
    # What the first connections leave, and threads that were once needed, is there for good.
    for _ in range(10):
        for client in [worker.client() for _ in range(4)]:
            client.close()
    flood(worker, 64 * MB)
    before = process.memory_info().rss
    flood(worker, rounds * MB)
    grown = (process.memory_info().rss - before) / MB
    table(f"memory more after {rounds} MB without a line's end, MB", grown, "< 2")
    assert grown < 2
    worker.client().close()


def flood(worker: RunningWorker, total: int) -> None:
    """Send bytes without a line feed, again and again, until `total` were taken."""
    sent = 0
    block = b"a" * 65536
    while sent < total:
        client = RawClient(str(worker.places.request_socket), seconds=20)
        try:
            client.send(HELLO)
            mine = 0
            while True:
                step = client.socket.send(block)
                mine, sent = mine + step, sent + step
                assert mine < 2 * MB, "one line was taken without end"
        except OSError:
            pass
        finally:
            client.close()
