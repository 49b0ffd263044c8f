"""From an approval to a token: what is tried, what is not tried again, and what is never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Grant, Remember, State
from entraclaw_tui.worker import exchanging
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.exchanging import Exchanging
from tests.support.worker_stage import PIN, Hands, PretendLine, Timed, WorkerStage


class Bench:
    """A client with a live grant, and hands on the clock."""

    def __init__(self, stage: WorkerStage, hands: Hands) -> None:
        self.stage, self.hands = stage, hands

    @property
    def exchanging(self) -> Exchanging:
        return self.stage.engine.exchanging

    async def grant(self) -> Grant:
        line = PretendLine()
        asked = await self.stage.ask(line)
        session = self.stage.unlocked()
        await self.stage.allow(session, asked.request_id, proof=PIN, remember=Remember.HOUR)
        await self.stage.settled(line, asked.request_id)
        (grant,) = self.stage.engine.grants.all_live()
        return grant

    async def tokenless(self) -> Grant:
        grant = await self.grant()
        await self.stage.engine.housekeeping.forget_token(grant.id, "panel")
        return grant

    def fails(self, error: ExchangeError) -> None:
        self.stage.exchange.failures.append(error)

    def tries(self) -> int:
        return len(self.stage.exchange.wishes)

    def log(self) -> str:
        path = self.stage.folder / "worker.log"
        return path.read_text() if path.exists() else ""


@pytest_asyncio.fixture
async def bench(timed: Timed) -> AsyncIterator[Bench]:
    yield Bench(*timed)


async def test_a_token_that_lasts_is_not_exchanged_again(bench: Bench) -> None:
    grant = await bench.grant()
    token = await bench.exchanging.for_grant(grant)
    assert (token.access_token, bench.tries()) == ("token-1", 1)
    with_claims = await bench.exchanging.for_grant(grant, "", "{}")
    assert (with_claims.access_token, bench.tries()) == ("token-2", 2)


@pytest.mark.parametrize(("asked", "waits"), [(0.0, 5.0), (40.0, 40.0)])
async def test_after_a_failure_entra_has_its_rest(bench: Bench, asked: float, waits: float) -> None:
    grant = await bench.tokenless()
    error = ExchangeError(Kind.THROTTLED, "Too many.", retry_after=asked)
    bench.fails(error)
    for _ in range(3):
        with pytest.raises(ExchangeError) as told:
            await bench.exchanging.for_grant(grant)
        assert told.value is error
        assert bench.tries() == 2
    bench.hands.pass_by(waits - 0.1)
    with pytest.raises(ExchangeError):
        await bench.exchanging.for_grant(grant)
    bench.hands.pass_by(0.1)
    assert (await bench.exchanging.for_grant(grant)).access_token == "token-3"


async def test_the_person_may_have_it_tried_at_once(bench: Bench) -> None:
    grant = await bench.tokenless()
    bench.fails(ExchangeError(Kind.BLOCKED, "No."))
    with pytest.raises(ExchangeError):
        await bench.exchanging.for_grant(grant)
    bench.exchanging.forgive()
    await bench.exchanging.for_grant(grant)
    assert bench.tries() == 3
    bench.fails(ExchangeError(Kind.BLOCKED, "No."))
    with pytest.raises(ExchangeError):
        await bench.exchanging.renew(grant)
    await bench.exchanging.renew(grant)
    assert bench.tries() == 5


async def test_many_that_wait_for_one_token_ask_once(bench: Bench) -> None:
    grant = await bench.tokenless()
    found = await asyncio.gather(*(bench.exchanging.for_grant(grant) for _ in range(5)))
    assert {token.access_token for token in found} == {"token-2"}
    assert bench.tries() == 2


async def test_who_stops_waiting_does_not_stop_it_for_the_others(bench: Bench) -> None:
    grant = await bench.tokenless()
    bench.stage.exchange.hold = asyncio.Event()
    first = asyncio.create_task(bench.exchanging.for_grant(grant))
    second = asyncio.create_task(bench.exchanging.for_grant(grant))
    await asyncio.sleep(0)
    first.cancel()
    bench.stage.exchange.hold.set()
    assert (await second).access_token == "token-2"
    assert not bench.exchanging.under_way(grant, "")


async def test_closing_ends_what_is_under_way_and_waits_for_it(bench: Bench) -> None:
    grant = await bench.tokenless()
    bench.stage.exchange.hold = asyncio.Event()
    waiting = asyncio.create_task(bench.exchanging.for_grant(grant))
    await asyncio.sleep(0)
    assert bench.exchanging.under_way(grant, "")
    await bench.exchanging.close()
    assert not bench.exchanging.under_way(grant, "")
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_how_an_exchange_stands_is_stored_as_soon_as_the_disk_takes_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "_AGAIN", 0.0)
    line = PretendLine()
    asked = await bench.stage.ask(line)
    bench.stage.exchange.hold = asyncio.Event()
    await bench.stage.allow(bench.stage.unlocked(), asked.request_id, proof=PIN)
    async with asyncio.timeout(5):
        while not bench.tries():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    with monkeypatch.context() as broken:
        fail_often(bench, broken, [Code.STORAGE] * 3)
        bench.stage.exchange.hold.set()
        assert await bench.stage.settled(line, asked.request_id) is State.READY
    assert await bench.stage.collect(line, asked.request_id) == "token-1"
    assert bench.tries() == 1
    assert bench.log().count("An exchange cannot be stored.") == 1


async def test_an_exchange_that_can_never_be_stored_gives_no_token(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await bench.stage.ask(PretendLine(), user_assertion="e30.e30.x")
    bench.stage.exchange.hold = asyncio.Event()
    await bench.stage.allow(bench.stage.unlocked(), asked.request_id, proof=PIN)
    async with asyncio.timeout(5):
        while not bench.tries():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    with monkeypatch.context() as broken:
        fail_often(bench, broken, [Code.NOT_FOUND])
        bench.stage.exchange.hold.set()
        await bench.exchanging.settle()
    assert not bench.stage.engine.shelf.has(asked.request_id)
    assert bench.exchanging.assertions == {}
    assert "An exchange could not be stored." in bench.log()


async def test_what_was_cancelled_during_its_exchange_leaves_no_token(bench: Bench) -> None:
    line = PretendLine()
    asked = await bench.stage.ask(line)
    bench.stage.exchange.hold = asyncio.Event()
    await bench.stage.allow(bench.stage.unlocked(), asked.request_id, proof=PIN)
    async with asyncio.timeout(5):
        while not bench.tries():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    await bench.stage.engine.asks.cancel(line, asked.request_id)
    bench.stage.exchange.hold.set()
    await bench.exchanging.settle()
    assert bench.stage.request(asked.request_id).state is State.CANCELLED
    assert not bench.stage.engine.shelf.has(asked.request_id)


def fail_often(bench: Bench, patch: pytest.MonkeyPatch, codes: list[Code]) -> None:
    """Let the next commits fail with these codes, and the later ones go through."""
    change: Callable[[object], object] = bench.stage.engine.core.ledger.change  # type: ignore[assignment]  # any work

    async def failing(work: object) -> object:
        if codes:
            raise WireError(codes.pop(0), "The disk is full.")
        return await change(work)  # type: ignore[misc]  # it is a coroutine

    patch.setattr(bench.stage.engine.core.ledger, "change", failing)
