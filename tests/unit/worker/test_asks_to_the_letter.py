"""What a client hears at every turn: who may ask, wait, cancel and collect, and why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

import msgspec
import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.request_messages import TokenAwait, TokenRequest, TokenRequestResult
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from tests.support.worker_stage import GRAPH, PIN, PretendLine, Timed, WorkerStage


async def pending(stage: WorkerStage, line: PretendLine) -> str:
    return (await stage.ask(line)).request_id


async def ready(stage: WorkerStage, line: PretendLine) -> str:
    request_id = await pending(stage, line)
    await stage.allow(stage.unlocked(), request_id, proof=PIN)
    assert await stage.settled(line, request_id) is State.READY
    return request_id


async def no_token(stage: WorkerStage, line: PretendLine, request_id: str) -> WireError:
    with pytest.raises(WireError) as refused:
        await stage.collect(line, request_id)
    return refused.value


async def said(stage: WorkerStage, line: PretendLine, request_id: str) -> tuple[Code, str]:
    error = await no_token(stage, line, request_id)
    return error.code, error.message


@pytest_asyncio.fixture
async def granted(timed: Timed) -> AsyncIterator[tuple[WorkerStage, PretendLine]]:
    """A client with a live grant, and its line."""
    stage, _ = timed
    line = PretendLine()
    request_id = await pending(stage, line)
    await stage.allow(stage.unlocked(), request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, request_id)
    await stage.collect(line, request_id)
    yield stage, line


Granted = tuple[WorkerStage, PretendLine]


# -- what each state says to who collects


async def test_before_the_token_is_there_it_says_what_is_waited_for(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await pending(stage, line)
    assert await said(stage, line, request_id) == (Code.NOT_READY, "Nobody has decided yet.")
    stage.exchange.hold = asyncio.Event()
    await stage.allow(stage.unlocked(), request_id, proof=PIN)
    assert await said(stage, line, request_id) == (
        Code.NOT_READY, "It is allowed; the exchange is about to begin.",
    )  # fmt: skip
    async with asyncio.timeout(5):
        while not stage.exchange.wishes:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
    assert await said(stage, line, request_id) == (
        Code.NOT_READY, "The exchange with Entra is under way.",
    )  # fmt: skip
    stage.exchange.hold.set()
    assert await stage.settled(line, request_id) is State.READY
    assert await stage.collect(line, request_id) == "token-1"
    assert await said(stage, line, request_id) == (
        Code.ALREADY_COLLECTED, "This token was collected already.",
    )  # fmt: skip


async def test_at_its_end_it_says_how_it_ended(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    denied = await pending(stage, line)
    await stage.deny(stage.session(), denied, "not today")
    assert await said(stage, line, denied) == (Code.DENIED, "not today")
    cancelled = await pending(stage, line)
    assert await stage.engine.asks.cancel(line, cancelled) is State.CANCELLED
    assert await said(stage, line, cancelled) == (Code.CANCELLED, "The client cancelled it.")
    assert await stage.engine.asks.cancel(line, cancelled) is State.CANCELLED
    expired = await pending(stage, line)
    await stage.engine.endings.expire([expired])
    assert await said(stage, line, expired) == (
        Code.EXPIRED, "Nobody decided or collected it in time.",
    )  # fmt: skip


async def test_where_entra_gave_none_its_word_comes_too(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    stage.exchange.failures.append(ExchangeError(Kind.BLOCKED, "The tenant forbids it."))
    request_id = await pending(stage, line)
    await stage.allow(stage.unlocked(), request_id, proof=PIN)
    assert await stage.settled(line, request_id) is State.FAILED
    code, message = await said(stage, line, request_id)
    assert code is Code.EXCHANGE_FAILED
    assert message.startswith("Entra gave no token. (blocked) ")
    assert "The tenant forbids it." in message
    waited = await stage.engine.asks.wait(line, TokenAwait(request_id, 0))
    assert (waited.state, waited.code) == (State.FAILED, "blocked")
    assert waited.message
    assert waited.claims is None


# -- collecting


async def test_two_that_collect_at_once_get_one_token(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await ready(stage, line)
    found = await asyncio.gather(
        *(stage.collect(line, request_id) for _ in range(4)), return_exceptions=True
    )
    assert [one for one in found if isinstance(one, str)] == ["token-1"]
    others = [one for one in found if isinstance(one, WireError)]
    assert {one.code for one in others} == {Code.ALREADY_COLLECTED}
    assert len(others) == 3
    entries = await stage.engine.housekeeping.tail(50)
    (entry,) = [e for e in entries if e.event == "delivered"]
    assert (entry.subject, entry.detail["client"]) == (request_id, "notes")
    assert entry.detail["resource"] == GRAPH
    assert entry.detail["pid"] == str(line.peer.pid)


async def test_a_token_that_is_lost_is_not_given_twice_but_asked_for_again(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await ready(stage, line)
    stage.engine.shelf.take(request_id)
    error = await no_token(stage, line, request_id)
    assert (error.code, error.hint) == (Code.EXPIRED, "Ask again.")
    assert stage.request(request_id).state is State.DELIVERED


async def test_a_program_that_changed_gets_nothing(granted: Granted) -> None:
    stage, line = granted
    silent = await stage.ask(line)
    waiting = await ready(stage, PretendLine("other"))
    line.same = False
    for work in (
        stage.ask(line),
        stage.ask(line, "profile"),
        stage.collect(line, silent.request_id),
    ):
        with pytest.raises(WireError) as refused:
            await work
        assert refused.value.code is Code.FORBIDDEN
    other = PretendLine("other")
    other.same = False
    assert await said(stage, other, waiting) == (
        Code.CANCELLED, "The program that asked became another one.",
    )  # fmt: skip
    assert stage.request(waiting).outcome_code == "client_changed"
    assert list(stage.engine.core.book.pending()) == []


async def test_a_pause_hands_nothing_out(granted: Granted) -> None:
    stage, line = granted
    silent = await stage.ask(line)
    waiting = await ready(stage, PretendLine("other"))
    await stage.engine.housekeeping.pause(True, "panel")
    for work in (
        stage.ask(line),
        stage.ask(line, "profile"),
        stage.ask(line, idempotency_key="k"),
        stage.collect(line, silent.request_id),
        stage.collect(PretendLine("other"), waiting),
        stage.collect(line, "r_none"),
    ):
        with pytest.raises(WireError) as refused:
            await work
        assert refused.value.code is Code.PAUSED
    await stage.engine.housekeeping.pause(False, "panel")
    assert await stage.collect(line, silent.request_id) == "token-1"


# -- by a live grant


async def test_an_ask_under_a_grant_is_answered_awaited_and_collected_once(
    granted: Granted,
) -> None:
    stage, line = granted
    (grant,) = stage.engine.grants.all_live()
    asked = await stage.ask(line)
    assert (asked.state, asked.tier, asked.match_code) == (State.READY, grant.tier, None)
    assert asked.expires_at == int(grant.expires_at)
    waited = await stage.engine.asks.wait(line, TokenAwait(asked.request_id, 60_000))
    assert (waited.request_id, waited.state) == (asked.request_id, State.READY)
    assert (waited.code, waited.message, waited.claims) == (None, None, None)
    assert await stage.collect(line, asked.request_id) == "token-1"
    assert await said(stage, line, asked.request_id) == (
        Code.ALREADY_COLLECTED, "This token was collected already.",
    )  # fmt: skip


async def test_one_whose_program_is_not_known_yet_is_answered_all_the_same(
    granted: Granted,
) -> None:
    stage, line = granted
    asks = stage.engine.asks
    params = msgspec.convert({"resource": GRAPH, "scopes": ("User.Read",)}, TokenRequest)
    answer = asks.request(line, params, None)
    assert isinstance(answer, Awaitable)
    asked = await answer
    assert asked.state is State.READY
    token = asks.collect(line, asked.request_id, None)
    assert isinstance(token, Awaitable)
    assert (await token).access_token == "token-1"
    at_once = asks.request(line, params, line.facts)
    assert isinstance(at_once, TokenRequestResult)


async def test_to_another_process_an_ask_under_a_grant_does_not_exist(granted: Granted) -> None:
    stage, line = granted
    asked = await stage.ask(line)
    other = PretendLine(process="77:another")
    assert (await no_token(stage, other, asked.request_id)).code is Code.NOT_FOUND
    with pytest.raises(WireError) as refused:
        await stage.engine.asks.cancel(other, asked.request_id)
    assert refused.value.code is Code.NOT_FOUND
    assert await stage.collect(line, asked.request_id) == "token-1"


async def test_a_cancelled_ask_under_a_grant_collects_nothing(granted: Granted) -> None:
    stage, line = granted
    asked = await stage.ask(line)
    assert await stage.engine.asks.cancel(line, asked.request_id) is State.CANCELLED
    assert await said(stage, line, asked.request_id) == (
        Code.CANCELLED, "The client cancelled it.",
    )  # fmt: skip


async def test_with_its_process_an_ask_under_a_grant_goes(granted: Granted) -> None:
    stage, line = granted
    asked = await stage.ask(line)
    stage.engine.asks.left(line, gone=False)
    assert await stage.collect(line, asked.request_id) == "token-1"
    asked = await stage.ask(line)
    silent = stage.engine.silent._asks[asked.request_id]
    silent.process = line.peer.process
    stage.engine.asks.left(line, gone=True)
    assert asked.request_id not in stage.engine.silent._asks


async def test_a_blocked_client_gets_nothing_by_its_grant(granted: Granted) -> None:
    stage, line = granted
    (client,) = stage.engine.core.book.clients()
    blocked = msgspec.structs.replace(client, blocked=True)
    await stage.engine.core.ledger.change(lambda txn: txn.put_client(blocked))
    assert stage.engine.grants.all_live()
    with pytest.raises(WireError) as refused:
        await stage.ask(line)
    assert refused.value.code is Code.BLOCKED


async def test_while_nothing_can_be_written_down_nothing_is_silent(granted: Granted) -> None:
    stage, line = granted
    ledger = stage.engine.core.ledger
    ledger.trouble = "disk I/O error"
    asked = await stage.ask(line)  # it tries the disk first: it is well again
    assert asked.state is State.READY
    assert ledger.trouble == ""


async def test_with_a_key_of_its_own_the_same_ask_is_told_the_same(granted: Granted) -> None:
    stage, line = granted
    first = await stage.ask(line, "profile", idempotency_key="k")
    again = await stage.ask(line, "profile", idempotency_key="k")
    assert first.state is State.PENDING
    assert again.request_id == first.request_id
    assert again.expires_at == first.expires_at


# -- waiting


async def test_a_wait_ends_when_its_time_is_up(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await pending(stage, line)
    waited = await stage.engine.asks.wait(line, TokenAwait(request_id, 1))
    assert (waited.request_id, waited.state, waited.code) == (request_id, State.PENDING, None)
    assert (waited.message, waited.claims) == (None, None)


async def test_a_wait_is_awake_the_moment_somebody_decides(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await pending(stage, line)
    waiting = asyncio.create_task(stage.engine.asks.wait(line, TokenAwait(request_id, 60_000)))
    await asyncio.sleep(0)
    await stage.deny(stage.session(), request_id, "no")
    async with asyncio.timeout(5):
        waited = await waiting
    assert (waited.state, waited.code, waited.message) == (State.DENIED, "denied", "no")


async def test_the_digits_are_told_as_long_as_somebody_may_ask_for_them(timed: Timed) -> None:
    stage, _ = timed
    shown = PretendLine(shows_code=True)
    asked = await stage.ask(shown, idempotency_key="k")
    assert asked.match_code is not None
    assert (await stage.ask(shown, idempotency_key="k")).match_code == asked.match_code
    await stage.deny(stage.session(), asked.request_id)
    assert (await stage.ask(shown, idempotency_key="k")).match_code is None
    assert (await stage.ask(PretendLine("other"))).match_code is None


async def test_a_request_that_two_connections_hold_outlives_one_of_them(timed: Timed) -> None:
    stage, _ = timed
    first, second = PretendLine(), PretendLine()
    request_id = await pending(stage, first)
    await stage.engine.asks.wait(second, TokenAwait(request_id, 0))
    stage.engine.asks.left(first, gone=False)
    assert request_id not in stage.engine.endings._grace
    stage.engine.asks.left(PretendLine(), gone=False)  # of one that holds nothing: nothing
    assert request_id not in stage.engine.endings._grace
    stage.engine.asks.left(second, gone=False)
    assert request_id in stage.engine.endings._grace
    await stage.engine.asks.wait(first, TokenAwait(request_id, 0))
    assert request_id not in stage.engine.endings._grace
    alone = PretendLine("other")
    other_id = await pending(stage, alone)
    stage.engine.asks.left(alone, gone=False)
    assert other_id in stage.engine.endings._grace


async def test_an_assertion_is_kept_for_a_request_that_goes_on_and_for_no_other(
    timed: Timed,
) -> None:
    stage, _ = timed
    line = PretendLine()
    asked = await stage.ask(line, user_assertion="e30.e30.x", idempotency_key="k")
    assertions = stage.engine.exchanging.assertions
    assert assertions == {asked.request_id: "e30.e30.x"}
    await stage.deny(stage.session(), asked.request_id)
    assertions.clear()
    await stage.ask(line, user_assertion="e30.e30.x", idempotency_key="k")
    assert assertions == {}
    await stage.ask(line, "profile")
    assert assertions == {}
