"""An ask that a live grant answers: how long it lives, and how each of its ends stays the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.ipc.request_messages import TokenAwait, TokenAwaitResult
from entraclaw_tui.model.consent import Grant, Remember, State
from entraclaw_tui.worker import silent
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.silent import SilentAsk
from tests.support.worker_stage import PIN, Hands, PretendLine, Timed, WorkerStage


class Desk:
    """A client with a live grant, and hands on the clock."""

    def __init__(self, stage: WorkerStage, hands: Hands, line: PretendLine) -> None:
        self.stage, self.hands, self.line = stage, hands, line

    @property
    def grant(self) -> Grant:
        (grant,) = self.stage.engine.grants.all_live()
        return grant

    async def ask(self) -> SilentAsk:
        asked = await self.stage.ask(self.line)
        return self.asks[asked.request_id]

    @property
    def asks(self) -> dict[str, SilentAsk]:
        return self.stage.engine.silent._asks

    async def under_way(self) -> SilentAsk:
        """Ask where no token lasts: an exchange begins, and waits for `answer`."""
        await self.stage.engine.housekeeping.forget_token(self.grant.id, "panel")
        self.stage.exchange.hold = asyncio.Event()
        self.stage.exchange.wishes.clear()
        ask = await self.ask()
        assert ask.state is State.EXCHANGING
        async with asyncio.timeout(5):
            while not self.stage.exchange.wishes:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
        return ask

    async def answer(self, *failures: ExchangeError) -> None:
        """Let Entra answer, and wait until it is taken up."""
        self.stage.exchange.failures.extend(failures)
        assert self.stage.exchange.hold is not None
        self.stage.exchange.hold.set()
        await asyncio.wait(self.stage.engine.silent._tasks)

    async def told(self, ask: SilentAsk) -> TokenAwaitResult:
        return await self.stage.engine.asks.wait(self.line, TokenAwait(ask.id, 0))

    async def gets_nothing(self, ask: SilentAsk) -> bool:
        with pytest.raises(WireError):
            await self.stage.collect(self.line, ask.id)
        return ask.token is None


@pytest_asyncio.fixture
async def desk(timed: Timed) -> AsyncIterator[Desk]:
    stage, hands = timed
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)
    yield Desk(stage, hands, line)


async def test_it_waits_two_minutes_to_be_collected(desk: Desk) -> None:
    assert silent.LIVES == 120.0
    ask, other = await desk.ask(), await desk.ask()
    desk.hands.pass_by(119.9)
    assert await desk.stage.collect(desk.line, other.id) == "token-1"
    desk.hands.pass_by(0.1)
    told = await desk.told(ask)
    assert (told.state, told.code) == (State.EXPIRED, "expired")
    assert told.message == "It was not collected in time."
    assert await desk.gets_nothing(ask)
    assert (await desk.told(other)).state is State.DELIVERED


async def test_with_its_grant_it_ends(desk: Desk) -> None:
    ask = await desk.ask()
    await desk.stage.engine.housekeeping.revoke(desk.grant.id, "panel")
    told = await desk.told(ask)
    assert (told.state, told.code, told.message) == (
        State.CANCELLED, "revoked", "The grant has ended.",
    )  # fmt: skip
    assert await desk.gets_nothing(ask)


async def test_a_thousand_are_kept_and_the_oldest_goes(desk: Desk) -> None:
    first = await desk.ask()
    second = await desk.ask()
    for _ in range(998):
        desk.stage.engine.silent.open(desk.grant, desk.line.facts.process)
    assert len(desk.asks) == 1000
    assert first.id in desk.asks
    await desk.ask()
    assert len(desk.asks) == 1000
    assert first.id not in desk.asks
    assert second.id in desk.asks


async def test_what_is_over_is_forgotten_with_the_next_one(desk: Desk) -> None:
    first = await desk.ask()
    desk.hands.pass_by(119.9)
    second = await desk.ask()
    assert first.id in desk.asks
    desk.hands.pass_by(0.1)
    third = await desk.ask()
    assert set(desk.asks) == {second.id, third.id}


async def test_where_no_token_lasts_it_is_exchanged_and_counted_as_a_use(desk: Desk) -> None:
    ask = await desk.under_way()
    assert await desk.gets_nothing(ask)
    waiting = asyncio.create_task(
        desk.stage.engine.asks.wait(desk.line, TokenAwait(ask.id, 60_000))
    )
    await desk.answer()
    async with asyncio.timeout(5):
        assert (await waiting).state is State.READY
    assert (await desk.stage.collect(desk.line, ask.id)).startswith("token-")
    await desk.stage.engine.uses.flush()
    entries = await desk.stage.engine.housekeeping.tail(50)
    assert [e.subject for e in entries if e.event == "used"] == [desk.grant.id]


async def test_where_entra_says_no_it_fails_with_its_words(desk: Desk) -> None:
    ask = await desk.under_way()
    error = ExchangeError(Kind.STEP_UP, "Sign in again.", "Do it now.", claims='{"a":1}')
    await desk.answer(error)
    told = await desk.told(ask)
    assert (told.state, told.code) == (State.FAILED, "step_up")
    assert (told.message, told.claims) == ("Sign in again. Do it now.", '{"a":1}')
    assert await desk.gets_nothing(ask)


async def test_a_grant_that_ends_during_the_exchange_gives_nothing(desk: Desk) -> None:
    ask = await desk.under_way()
    await desk.stage.engine.housekeeping.revoke(desk.grant.id, "panel")
    await desk.answer()
    assert (ask.state, ask.code) == (State.CANCELLED, "revoked")
    assert await desk.gets_nothing(ask)


@pytest.mark.parametrize("fails", [False, True])
async def test_what_its_client_cancelled_stays_cancelled_whatever_entra_says(
    desk: Desk, fails: bool
) -> None:
    ask = await desk.under_way()
    assert await desk.stage.engine.asks.cancel(desk.line, ask.id) is State.CANCELLED
    await desk.answer(*([ExchangeError(Kind.BLOCKED, "No.", claims="{}")] if fails else []))
    told = await desk.told(ask)
    assert (told.state, told.code, told.claims) == (State.CANCELLED, "cancelled", None)
    assert await desk.gets_nothing(ask)
    assert await desk.stage.engine.asks.cancel(desk.line, ask.id) is State.CANCELLED


async def test_what_was_delivered_is_not_cancelled_any_more(desk: Desk) -> None:
    ask = await desk.ask()
    await desk.stage.collect(desk.line, ask.id)
    assert await desk.stage.engine.asks.cancel(desk.line, ask.id) is State.DELIVERED


async def test_with_its_process_it_is_forgotten_and_those_of_others_stay(desk: Desk) -> None:
    ask = await desk.ask()
    desk.stage.engine.silent.process_gone("77:another")
    assert ask.id in desk.asks
    desk.stage.engine.silent.process_gone(ask.process)
    assert desk.asks == {}


async def test_closing_ends_what_is_under_way(desk: Desk) -> None:
    ask = await desk.under_way()
    (task,) = desk.stage.engine.silent._tasks
    desk.stage.engine.silent.close()
    await asyncio.wait([task])
    assert task.cancelled()
    assert ask.state is State.EXCHANGING
