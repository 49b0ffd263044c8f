"""The worker's real ledger on a disk whose k-th write or sync fails: what was said is there."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.database import DatabaseError
from tests.support.failing_disk import Disk, Kind, Mounted
from tests.support.fault_table import Rows
from tests.support.worker_stage import PretendLine, WorkerStage


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    mounted = Mounted(disk)
    monkeypatch.setattr(sqlite3, "connect", mounted.connect)
    yield disk
    mounted.unmount()


SOUND = sqlite3.connect
"""Python's own library, on the disk as it is."""


@dataclass
class Life:
    """What a worker on such a disk acknowledged, and what it did though it could not store."""

    stage: WorkerStage
    asked: set[str] = field(default_factory=set)
    decided: dict[str, str] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """What was asked for and not allowed, since the approval could not be stored."""
    refusals: int = 0
    next: int = 0

    async def live(self, requests: int) -> None:
        """Go on, whatever fails."""
        for number in range(self.next, self.next + requests):
            self.next += 1
            line = PretendLine(f"c{number}", shows_code=True)
            try:
                await self._one(line, number)
            except WireError as error:
                if error.code is not Code.STORAGE:
                    raise
                self.refusals += 1

    async def _one(self, line: PretendLine, number: int) -> None:
        resource = f"https://disk{number}.contoso.example"
        asked = await self.stage.ask(line, resource=resource)
        self.asked.add(asked.request_id)
        if number % 5 == 4:
            await self.stage.deny(self.stage.session(), asked.request_id)
            self.decided[asked.request_id] = "deny"
            return
        request = self.stage.request(asked.request_id)
        longest = request.remember_options[-1] if number % 3 == 0 else Remember.ONCE
        try:
            await self.stage.allow(
                self.stage.unlocked(),
                asked.request_id,
                proof=asked.match_code or "",
                remember=longest,
            )
        except WireError:
            self.refused.add(resource)
            raise
        self.decided[asked.request_id] = "allow"
        if await self.stage.settled(line, asked.request_id) is State.READY:
            await self.stage.collect(line, asked.request_id)
            self.delivered.add(asked.request_id)

    def wrong(self) -> list[str]:
        """Return what does not hold, once the worker is gone. Python's own SQLite reads it."""
        found = []
        connection = SOUND(self.stage.folder / "state.db")
        (state,) = connection.execute("PRAGMA integrity_check").fetchone()
        connection.close()
        if state != "ok":
            found.append(f"corrupt: {state}")
        given = {wish.resource for wish in self.stage.exchange.wishes}
        return found + [f"exchanged though refused: {what}" for what in given & self.refused]

    def lost(self) -> list[str]:
        """Return what the next worker does not know any more."""
        book = self.stage.engine.core.book
        found = [id for id in self.asked if book.request(id) is None]
        for id, decision in self.decided.items():
            stored = book.request(id)
            if stored is None or stored.request.decision != decision:
                found.append(f"{id} {decision}")
        for id in self.delivered:
            stored = book.request(id)
            if stored is None or stored.request.state is not State.DELIVERED:
                found.append(f"{id} delivered")
        return found


async def one_life(folder: Path, requests: int) -> tuple[Life, bool]:
    """Live on the disk as it is; return also whether the worker could start."""
    life = Life(WorkerStage(folder))
    try:
        await life.stage.start()
    except (DatabaseError, WireError):
        return life, False
    await life.live(requests)
    await life.stage.crash()
    return life, True


@pytest.mark.parametrize("kind", ["write", "sync"])
@pytest.mark.parametrize(
    ("most", "step"),
    [
        pytest.param(121, 24, id="short"),
        pytest.param(300, 1, id="long", marks=pytest.mark.fault),
    ],
)
async def test_every_failing_operation(
    folder: Path, disk: Disk, table: Rows, kind: Kind, most: int, step: int
) -> None:
    lost, wrong, tripped, runs, asked, decided = [], [], 0, 0, 0, 0
    for at in range(1, most + 1, step):
        place = folder / f"{at}"
        place.mkdir()
        disk.kind, disk.fail_at, disk.done, disk.tripped = kind, at, 0, False
        # As many requests as reach the k-th operation: five commits, and a sync for each.
        life, started = await one_life(place, 4 + at // (4 if kind == "sync" else 40))
        tripped, runs = tripped + disk.tripped, runs + 1
        disk.fail_at = 0
        if started:
            wrong += [f"{at}: {what}" for what in life.wrong()]
        await life.stage.start()
        lost += [f"{at}: {what}" for what in life.lost()]
        verified = await life.stage.engine.housekeeping.verify()
        wrong += [f"{at}: {verified.problem}"] if verified.problem else []
        await life.stage.stop()
        asked, decided = asked + len(life.asked), decided + len(life.decided)
        shutil.rmtree(place)
    table(f"disks whose k-th {kind} failed, k to {at}", tripped, runs)
    table(f"requests, decisions acknowledged there ({kind})", f"{asked}, {decided}")
    table(f"of these lost ({kind})", len(lost), 0)
    table(f"corrupt, or granted though refused ({kind})", len(wrong), 0)
    assert lost == []
    assert wrong == []
    assert tripped == runs


@pytest.mark.parametrize("room", [pytest.param(1024 * 1024, id="a megabyte")])
async def test_a_full_disk_grants_nothing_and_is_left_behind(
    folder: Path, disk: Disk, table: Rows, room: int
) -> None:
    """All files together may have a megabyte; the VFS counts them."""
    life = Life(WorkerStage(folder))
    await life.stage.start()
    disk.paths = (folder / "state.db", folder / "state.db-wal")
    disk.room = room
    while not disk.tripped:
        await life.live(20)
    given = len(life.stage.exchange.wishes)
    before = life.refusals
    await life.live(20)
    full = life.refusals - before
    table("requests on a full disk of a megabyte, refused", full, 20)
    table("exchanges meanwhile", len(life.stage.exchange.wishes) - given, 0)
    assert full == 20
    assert len(life.stage.exchange.wishes) == given
    assert life.stage.engine.core.ledger.trouble
    disk.room = None
    start = time.monotonic()
    await life.live(1)
    table("seconds until it stores again, once there is room", time.monotonic() - start, "<= 5")
    assert life.refusals - before == full
    assert not life.stage.engine.core.ledger.trouble
    await life.stage.crash()
    assert life.wrong() == []
    await life.stage.start()
    assert (await life.stage.engine.housekeeping.verify()).problem == ""
    await life.stage.stop()


async def test_an_exchange_outlives_a_disk_that_was_full(folder: Path, disk: Disk) -> None:
    stage = WorkerStage(folder)
    await stage.start()
    stage.exchange.hold = asyncio.Event()
    line = PretendLine(shows_code=True)
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=asked.match_code or "")
    await _held(lambda: bool(stage.exchange.wishes))
    disk.room = 0
    stage.exchange.hold.set()
    await _held(lambda: bool(stage.engine.core.ledger.trouble))
    assert stage.request(asked.request_id).state is State.EXCHANGING
    disk.room = None
    assert await stage.settled(line, asked.request_id) is State.READY
    assert await stage.collect(line, asked.request_id) == "token-1"
    await stage.stop()


async def _held(holds: Callable[[], bool]) -> None:
    """Wait for what nobody tells: look again a hundred times a second."""
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")
