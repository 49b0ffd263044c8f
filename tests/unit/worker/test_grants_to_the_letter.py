"""A grant's end, to the second and whatever the disk does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.peer import birth_of
from entraclaw_tui.model.consent import Grant, Remember, State
from entraclaw_tui.worker.grants import Grants, process_gone, terms_of
from tests.support.worker_stage import PIN, Hands, PretendLine, WorkerStage


class Room:
    """An engine with one grant in it, and hands on its clocks."""

    def __init__(self, stage: WorkerStage, hands: Hands) -> None:
        self.stage, self.hands = stage, hands

    @property
    def grants(self) -> Grants:
        return self.stage.engine.grants

    async def grant(self, remember: Remember = Remember.QUARTER, name: str = "notes") -> Grant:
        line = PretendLine(name)
        asked = await self.stage.ask(line)
        session = self.stage.unlocked()
        await self.stage.allow(session, asked.request_id, proof=PIN, remember=remember)
        await self.stage.settled(line, asked.request_id)
        return self.grants.all_live()[-1]

    async def ended(self) -> None:
        """Wait until what has to end has ended."""
        if self.grants._tasks:
            await asyncio.wait(self.grants._tasks)

    @property
    def timer(self) -> asyncio.TimerHandle:
        assert self.grants._timer is not None
        return self.grants._timer

    def waits_for_lock(self) -> bool:
        return self.grants.ends_with_lock

    async def events(self) -> list[tuple[str, str, dict[str, str]]]:
        entries = await self.stage.engine.housekeeping.tail(20)
        return [(e.event, e.subject, e.detail) for e in entries]


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    hands = Hands()
    stage = WorkerStage(tmp_path, hands=hands)
    stage.exchange.lives = 24 * 3600
    await stage.start()
    yield Room(stage, hands)
    await stage.stop()


async def test_it_lives_to_its_last_second_and_no_longer(room: Room) -> None:
    grant = await room.grant()
    left = grant.expires_at - room.hands.now
    room.hands.pass_by(left - 0.5)
    assert room.grants.live(grant.id) == grant
    assert room.grants.find(terms_of(grant)) == grant
    room.hands.pass_by(0.5)
    assert room.grants.live(grant.id) is None
    assert room.grants.find(terms_of(grant)) is None
    assert room.grants.all_live() == ()  # who looks for it ends it, without a wait for the timer


@pytest.mark.parametrize(("back", "lives"), [(119.0, True), (120.0, True), (121.0, False)])
async def test_a_clock_may_go_back_two_minutes(room: Room, back: float, lives: bool) -> None:
    grant = await room.grant()
    room.hands.now = grant.created_at - back
    assert (room.grants.live(grant.id) is not None) is lives


async def test_the_monotonic_clock_alone_ends_it(room: Room) -> None:
    grant = await room.grant()
    begun = room.hands.ticks
    room.hands.ticks = begun + 900.0
    assert room.grants.live(grant.id) is None


async def test_ending_counts_and_tells_the_audit(room: Room) -> None:
    grant = await room.grant()
    told: list[int] = []
    room.grants.on_change = lambda: told.append(1)
    assert await room.grants.end(["g_none"], "revoked") == 0
    assert told == []
    assert await room.grants.end([grant.id], "revoked", "panel 7") == 1
    assert told
    assert await room.grants.end([grant.id], "revoked") == 0
    assert room.grants.all_live() == ()
    event, subject, detail = (await room.events())[-1]
    assert (event, subject) == ("revoked", grant.id)
    assert detail["kind"] == "grant"
    assert (detail["why"], detail["by"], detail["client"]) == ("revoked", "panel 7", "notes")


async def test_an_expired_one_is_written_down_as_such(room: Room) -> None:
    grant = await room.grant()
    room.hands.pass_by(900)
    room.grants._due()
    await room.ended()
    event, subject, detail = (await room.events())[-1]
    assert (event, subject, detail["why"]) == ("expired", grant.id, "expired")
    (row,) = [g for g in room.stage.engine.core.book.grants() if g.id == grant.id]
    assert (row.ended_by, row.ended_at) == ("expired", room.hands.now)


async def test_a_failing_disk_keeps_none_alive(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = await room.grant()

    async def full(work: object) -> None:
        raise WireError(Code.STORAGE, "The disk is full.")

    ledger = room.stage.engine.core.ledger
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "change", full)
        with pytest.raises(WireError):
            await room.grants.end([grant.id], "revoked")
        assert room.grants.find(terms_of(grant)) is None
        assert room.stage.engine.shelf.fresh(grant.id) is None  # nor is its token to be had
        room.grants._end_soon([grant.id], "expired")
        await room.ended()
    assert "A grant's end could not be stored." in (room.stage.folder / "worker.log").read_text()
    # What was committed before does not wake it up.
    room.grants._committed([grant])
    assert room.grants.find(terms_of(grant)) is None


async def test_it_looks_in_time_and_at_least_every_half_minute(room: Room) -> None:
    loop = asyncio.get_running_loop()

    def due_in() -> float:
        return room.timer.when() - loop.time()

    assert not room.grants.all_live()
    await room.grant()
    assert 29 < due_in() <= 30
    first = room.timer
    room.hands.pass_by(890)
    room.grants._due()
    assert room.timer is not first
    assert 9 < due_in() <= 10
    before = room.timer
    await room.grant(Remember.HOUR, "other")
    assert before.cancelled()
    assert 9 < due_in() <= 10
    room.hands.pass_by(9.999)
    room.grants._arm()
    assert 0.0 < due_in() <= 0.011
    last = room.timer
    room.grants.close()
    assert last.cancelled()
    ids = [g.id for g in room.grants.all_live()]
    await room.grants.end(ids, "revoked")
    assert room.grants._timer is None


async def test_after_a_restart_it_looks_as_before(room: Room) -> None:
    await room.grant(Remember.HOUR)
    await room.stage.crash()
    await room.stage.start()
    assert 29 < room.timer.when() - asyncio.get_running_loop().time() <= 30


async def test_another_grant_on_the_same_terms_stays(room: Room) -> None:
    grant = await room.grant()
    later = msgspec.structs.replace(grant, id="g_later")
    room.grants.admit([later])
    room.grants._drop(grant.id)
    assert room.grants.find(terms_of(grant)) == later
    assert room.grants.all_live() == (later,)


async def test_only_what_lives_until_the_lock_waits_for_it(room: Room) -> None:
    await room.grant(Remember.HOUR)
    assert not room.waits_for_lock()
    until = await room.grant(Remember.UNTIL_LOCK, "other")
    assert room.waits_for_lock()
    assert await room.grants.lock() == 1
    assert not room.waits_for_lock()
    assert (await room.events())[-1][1:] == (until.id, {
        "kind": "grant", "client": "other", "why": "locked",
    })  # fmt: skip


async def test_revoking_takes_back_what_was_not_collected(room: Room) -> None:
    grant = await room.grant()
    (request,) = room.stage.engine.core.book.requests()
    assert request.state is State.READY
    await room.grants.end([grant.id], "revoked")
    after = room.stage.request(request.id)
    assert (after.state, after.outcome_code) == (State.CANCELLED, "revoked")
    assert after.outcome_text == "The grant was revoked."
    assert all(t.ended_at is not None for t in room.stage.engine.core.book.tokens())


async def test_a_process_is_gone_only_when_it_is(room: Room) -> None:
    grant = await room.grant()
    me = f"process:{os.getpid()}:{birth_of(os.getpid())}"
    gone = msgspec.structs.replace(grant, identity="process:4194309:then")
    for identity, found in (
        (me, False), (f"process:{os.getpid()}:other", True), ("process:x:y", True),
        ("process:", True), ("file:4194309:then", False), (grant.identity, False),
    ):  # fmt: skip
        assert process_gone(msgspec.structs.replace(grant, identity=identity)) is found, identity
    room.grants.admit([msgspec.structs.replace(gone, id="g_gone")])
    room.grants._due()
    assert [g.id for g in room.grants.all_live()] == [grant.id]
    await room.ended()
