"""Clocks that jump and a Mac that sleeps: nothing outlives its end, and nothing comes back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.policy import REMEMBER_SECONDS
from tests.support.fault_table import Rows
from tests.support.worker_stage import Hands, PretendLine, WorkerStage

HOUR, DAY = 3600.0, 86_400.0
JUMPS = {
    "an hour forward": (HOUR, 0.0),
    "an hour back": (-HOUR, 0.0),
    "a day forward": (DAY, 0.0),
    "a day back": (-DAY, 0.0),
    "eight hours of sleep": (8 * HOUR, 0.0),
    "eight hours": (8 * HOUR, 8 * HOUR),
}
"""What the wall clock and the monotonic one do; in a Mac's sleep the latter stands still."""
WAITS = 120.0


@dataclass
class Thing:
    """A grant or a pending request, and since when by both clocks."""

    line: PretendLine
    id: str
    lasts: float
    wall: float
    mono: float
    over: bool = False


@dataclass
class Day:
    """One worker, and what has to be over by now."""

    stage: WorkerStage
    hands: Hands
    chance: random.Random
    grants: list[Thing] = field(default_factory=list)
    pending: list[Thing] = field(default_factory=list)
    outlived: list[str] = field(default_factory=list)
    resurrected: list[str] = field(default_factory=list)
    negative: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    """The digits that the clients show."""
    count: int = 0

    async def begin(self) -> None:
        """Three grants and three requests that wait, each begun at some time."""
        for remember in (Remember.QUARTER, Remember.HOUR, Remember.UNTIL_LOCK):
            await self._grant(remember)
            self._pass(self.chance.uniform(0, 400))
        for _ in range(3):
            line, asked = await self._ask()
            self.pending.append(self._thing(line, asked, WAITS))
            self._pass(self.chance.uniform(0, 50))

    def jump(self, name: str) -> None:
        """Set the clocks; the timers notice it as they would within half a minute."""
        wall, mono = JUMPS[name]
        self.hands.now += wall
        self.hands.ticks += mono
        self._note()

    async def restart(self) -> None:
        """Kill the worker and start it again."""
        await self.stage.crash()
        await self.stage.start()

    async def look(self, what: str) -> None:
        """Hold what the worker says against both clocks."""
        self._note()
        engine = self.stage.engine
        engine.endings._expiry._fire()
        engine.grants._due()
        await engine.core.ledger.change(lambda txn: None)  # what they began is on the disk
        await engine.core.ledger.change(lambda txn: None)
        for thing in self.pending:
            request = self.stage.request(thing.id)
            if thing.over and request.state is State.PENDING:
                self.resurrected.append(f"{what}: {thing.id} waits")
            if thing.over and await self._allowed(thing):
                self.resurrected.append(f"{what}: {thing.id} was allowed")
        for grant in engine.core.book.live_grants():
            if grant.expires_at <= self.hands.now:
                self.negative.append(f"{what}: grant {grant.id}")
        for stored in engine.core.book.pending():
            if stored.request.expires_at <= self.hands.now:
                self.negative.append(f"{what}: request {stored.request.id}")
        for thing in self.grants:
            answer = await self.stage.ask(thing.line)
            if answer.state is not State.PENDING and thing.over:
                self.outlived.append(f"{what}: {thing.id}")
            elif answer.state is State.PENDING:
                thing.over = True  # it has ended, and must not come back either
                await self.stage.engine.asks.cancel(thing.line, answer.request_id)

    async def _grant(self, remember: Remember) -> None:
        line, asked = await self._ask()
        code = self.codes[asked]
        session = self.stage.unlocked()
        await self.stage.allow(session, asked, proof=code, remember=remember)
        await self.stage.settled(line, asked)
        await self.stage.collect(line, asked)
        self.grants.append(self._thing(line, asked, REMEMBER_SECONDS[remember]))

    async def _ask(self) -> tuple[PretendLine, str]:
        self.count += 1
        line = PretendLine(f"c{self.count}", shows_code=True)
        asked = await self.stage.ask(line)
        self.codes[asked.request_id] = asked.match_code or ""
        return line, asked.request_id

    async def _allowed(self, thing: Thing) -> bool:
        try:
            await self.stage.allow(self.stage.unlocked(), thing.id, proof=self.codes[thing.id])
        except WireError as error:
            return error.code not in (Code.EXPIRED, Code.CANCELLED)
        return True

    def _thing(self, line: PretendLine, id: str, lasts: float) -> Thing:
        return Thing(line, id, lasts, self.hands.now, self.hands.ticks)

    def _pass(self, seconds: float) -> None:
        self.hands.pass_by(seconds)
        self._note()

    def _note(self) -> None:
        for thing in (*self.grants, *self.pending):
            thing.over |= (
                self.hands.now >= thing.wall + thing.lasts
                or self.hands.ticks >= thing.mono + thing.lasts
            )


@pytest.mark.parametrize(
    "rounds",
    [pytest.param(12, id="short"), pytest.param(600, id="long", marks=pytest.mark.fault)],
)
async def test_jumps_and_sleep(folder: Path, table: Rows, rounds: int) -> None:
    chance = random.Random(22)
    outlived, resurrected, negative, jumps = [], [], [], 0
    for number in range(rounds):
        hands = Hands()
        stage = WorkerStage(folder / f"{number}", hands=hands)
        stage.folder.mkdir()
        await stage.start()
        stage.exchange.lives = 3 * DAY
        day = Day(stage, hands, chance)
        await day.begin()
        for name in chance.choices(list(JUMPS), k=3):
            jumps += 1
            day.jump(name)
            if chance.random() < 0.4:
                await day.restart()
            await day.look(name)
            hands.pass_by(chance.uniform(0, 1000))
        verified = await stage.engine.housekeeping.verify()
        assert verified.problem == ""
        await stage.stop()
        outlived += day.outlived
        resurrected += day.resurrected
        negative += day.negative
    table("jumps of the clocks by an hour or a day, and sleeps of 8 hours", jumps, jumps)
    table("grants that outlived their end", len(outlived), 0)
    table("requests that came back after theirs", len(resurrected), 0)
    table("countdowns below zero", len(negative), 0)
    assert outlived == []
    assert resurrected == []
    assert negative == []
