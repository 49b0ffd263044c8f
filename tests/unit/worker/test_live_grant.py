"""What a live grant gives in the one answer, and how often it may be asked for another token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

import msgspec
import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.request_messages import TokenAwait, TokenRequest, TokenRequestResult
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.fatigue import ASKS_A_MINUTE
from entraclaw_tui.worker.requester import Asker
from tests.support.worker_stage import GRAPH, PIN, Hands, PretendLine, Timed, WorkerStage


@pytest_asyncio.fixture
async def granted(timed: Timed) -> AsyncIterator[tuple[WorkerStage, Hands, PretendLine]]:
    """A client with a live grant, hands on the clock, and the client's line."""
    stage, hands = timed
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)
    hands.pass_by(60)  # the ask that the person decided counts no longer
    yield stage, hands, line


Granted = tuple[WorkerStage, Hands, PretendLine]


def challenge(number: int) -> str:
    return f'{{"access_token":{{"nbf":{{"essential":true,"value":"{number}"}}}}}}'


async def uses(stage: WorkerStage) -> list[str]:
    """Return how often the audit says that grants were used."""
    await stage.engine.uses.flush()
    return [e.detail["uses"] for e in await stage.engine.housekeeping.tail(50) if e.event == "used"]


async def refused(stage: WorkerStage, line: PretendLine, **more: object) -> WireError:
    with pytest.raises(WireError) as error:
        await stage.ask(line, **more)
    return error.value


# -- in one answer


@pytest.mark.parametrize("known", [True, False], ids=["known", "not known yet"])
async def test_a_live_grant_gives_the_token_in_the_one_answer_and_only_there(
    granted: Granted, known: bool
) -> None:
    stage, _, line = granted
    params = msgspec.convert(
        {"resource": GRAPH, "scopes": ("User.Read",), "collect": True}, TokenRequest
    )
    answer = stage.engine.asks.request(line, params, line.facts if known else None)
    asked = answer if isinstance(answer, TokenRequestResult) else await answer
    assert isinstance(answer, TokenRequestResult) is known
    assert asked.state is State.DELIVERED
    assert asked.token is not None
    assert asked.token.access_token == "token-1"
    assert asked.token.scopes == ("User.Read",)
    waited = await stage.engine.asks.wait(line, TokenAwait(asked.request_id, 0))
    assert waited.state is State.DELIVERED
    with pytest.raises(WireError) as error:
        await stage.collect(line, asked.request_id)
    assert error.value.code is Code.ALREADY_COLLECTED
    assert await uses(stage) == ["1"]


async def test_without_the_wish_it_waits_to_be_collected(granted: Granted) -> None:
    stage, _, line = granted
    asked = await stage.ask(line)
    assert (asked.state, asked.token) == (State.READY, None)
    assert await stage.collect(line, asked.request_id) == "token-1"
    assert await uses(stage) == ["1"]


async def test_what_a_person_decides_is_never_in_the_answer(granted: Granted) -> None:
    stage, _, line = granted
    asked = await stage.ask(line, "Mail.Read", collect=True)
    assert (asked.state, asked.token) == (State.PENDING, None)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    assert await stage.settled(line, asked.request_id) is State.READY
    assert await stage.collect(line, asked.request_id) == "token-2"


async def test_a_token_that_has_to_come_first_is_awaited_and_collected(granted: Granted) -> None:
    stage, hands, line = granted
    hands.pass_by(3560 - 60)  # less than a minute is left of the token, more of the grant
    asked = await stage.ask(line, collect=True)
    assert (asked.state, asked.token) == (State.EXCHANGING, None)
    assert await stage.settled(line, asked.request_id) is State.READY
    assert await stage.collect(line, asked.request_id) == "token-2"


async def test_whoever_may_not_have_it_uses_nothing(granted: Granted) -> None:
    stage, _, line = granted
    line.same = False
    assert (await refused(stage, line, collect=True)).code is Code.FORBIDDEN
    line.same = True
    await stage.engine.housekeeping.pause(True, "panel")
    assert (await refused(stage, line, collect=True)).code is Code.PAUSED
    await stage.engine.housekeeping.pause(False, "panel")
    assert await uses(stage) == []
    assert len(stage.engine.silent._asks) == 0


class Slow(PretendLine):
    """A client that the system takes a while to describe."""

    def __init__(self) -> None:
        super().__init__()
        self.described = asyncio.Event()

    async def asker(self) -> Asker:
        await self.described.wait()
        return self.facts


@pytest.mark.parametrize("what", ["another program", "a pause"])
async def test_what_happens_while_it_is_described_counts(granted: Granted, what: str) -> None:
    stage, _, _ = granted
    line = Slow()
    params = msgspec.convert(
        {"resource": GRAPH, "scopes": ("User.Read",), "collect": True}, TokenRequest
    )
    answer = stage.engine.asks.request(line, params, None)
    assert isinstance(answer, Awaitable)
    asking = asyncio.ensure_future(answer)
    await asyncio.sleep(0)
    if what == "a pause":
        await stage.engine.housekeeping.pause(True, "panel")
    else:
        line.same = False
    line.described.set()
    with pytest.raises(WireError) as error:
        await asking
    assert error.value.code is (Code.PAUSED if what == "a pause" else Code.FORBIDDEN)
    assert await uses(stage) == []


# -- ever new challenges


async def test_ever_new_challenges_reach_entra_ten_times_a_minute_at_most(
    granted: Granted,
) -> None:
    stage, hands, line = granted
    before = len(stage.exchange.wishes)
    for number in range(ASKS_A_MINUTE):
        asked = await stage.ask(line, claims=challenge(number))
        assert await stage.settled(line, asked.request_id) is State.READY
    error = await refused(stage, line, claims=challenge(99))
    assert (error.code, error.retry_after) == (Code.TOO_MANY, 6.0)
    assert len(stage.exchange.wishes) - before == ASKS_A_MINUTE
    # What is there is still given; and in its time the next challenge is taken.
    assert (await stage.ask(line)).state is State.READY
    hands.pass_by(error.retry_after)
    asked = await stage.ask(line, claims=challenge(99))
    assert await stage.settled(line, asked.request_id) is State.READY
    assert stage.exchange.wishes[-1].claims == challenge(99)


async def test_a_challenge_that_is_being_answered_is_joined_and_counts_once(
    granted: Granted,
) -> None:
    stage, _, line = granted
    stage.exchange.hold = asyncio.Event()
    before = len(stage.exchange.wishes)
    asked = [await stage.ask(line, claims=challenge(1))]
    async with asyncio.timeout(5):
        while len(stage.exchange.wishes) == before:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    asked += [await stage.ask(line, claims=challenge(1)) for _ in range(3 * ASKS_A_MINUTE)]
    stage.exchange.hold.set()
    for one in asked:
        assert await stage.settled(line, one.request_id) is State.READY
    assert len(stage.exchange.wishes) - before == 1


async def test_the_audit_says_that_a_challenge_made_the_exchange(granted: Granted) -> None:
    stage, _, line = granted
    asked = await stage.ask(line, claims=challenge(1))
    assert await stage.settled(line, asked.request_id) is State.READY
    found = [e.detail for e in await stage.engine.housekeeping.tail(50) if e.event == "exchanged"]
    assert sorted(detail.get("why", "") for detail in found) == ["", "claims"]
