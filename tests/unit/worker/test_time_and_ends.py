"""What time ends: requests, grants, sessions, rests. The clocks are moved by hand."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.peer import birth_of
from entraclaw_tui.ipc.request_messages import TokenAwait
from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker.fatigue import ASKS_A_MINUTE, PENDING_A_CLIENT, Fatigue
from entraclaw_tui.worker.grants import process_gone
from entraclaw_tui.worker.sessions import IDLE
from tests.support.worker_stage import PIN, Hands, PretendLine, Timed, WorkerStage


async def granted(stage: WorkerStage, line: PretendLine, remember: Remember) -> None:
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=remember)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)


async def test_an_old_request_cannot_be_allowed(timed: Timed) -> None:
    stage, hands = timed
    asked = await stage.ask(PretendLine(), expires_in=10)
    hands.pass_by(11)
    with pytest.raises(WireError) as refused:
        await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    assert refused.value.code is Code.EXPIRED


async def test_nobody_answers_twice_and_the_client_rests(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    for _ in range(2):
        asked = await stage.ask(line)
        await stage.engine.endings.expire([asked.request_id])
        assert stage.request(asked.request_id).state is State.EXPIRED
    with pytest.raises(WireError) as refused:
        await stage.ask(line)
    assert refused.value.code is Code.RESTING
    assert 295 <= refused.value.retry_after <= 300
    with pytest.raises(WireError) as elsewhere:
        await stage.ask(line, resource="https://vault.azure.net")
    assert elsewhere.value.code is Code.RESTING
    # Killing the worker is no way around it.
    await stage.crash()
    await stage.start()
    with pytest.raises(WireError) as again:
        await stage.ask(line)
    assert again.value.code is Code.RESTING
    assert (await stage.ask(PretendLine("other"))).state is State.PENDING
    hands.pass_by(301)
    assert (await stage.ask(line)).state is State.PENDING


@pytest.mark.parametrize(
    ("remember", "seconds"),
    [(Remember.QUARTER, 900), (Remember.HOUR, 3600), (Remember.UNTIL_LOCK, 12 * 3600)],
)
async def test_a_grant_ends(timed: Timed, remember: Remember, seconds: float) -> None:
    stage, hands = timed
    stage.exchange.lives = 24 * 3600
    line = PretendLine()
    await granted(stage, line, remember)
    hands.pass_by(seconds - 1)
    assert (await stage.ask(line)).state is State.READY
    hands.pass_by(2)
    assert (await stage.ask(line)).state is State.PENDING


@pytest.mark.parametrize(("wall", "mono"), [(-7200.0, 0.0), (7200.0, 0.0), (0.0, 7200.0)])
async def test_a_clock_that_jumps_ends_a_grant(timed: Timed, wall: float, mono: float) -> None:
    stage, hands = timed
    stage.exchange.lives = 24 * 3600
    line = PretendLine()
    await granted(stage, line, Remember.HOUR)
    hands.now += wall
    hands.ticks += mono
    assert (await stage.ask(line)).state is State.PENDING


async def test_the_lock_ends_only_what_lives_until_it(timed: Timed) -> None:
    stage, _ = timed
    one, other = PretendLine("one"), PretendLine("other")
    await granted(stage, one, Remember.UNTIL_LOCK)
    await granted(stage, other, Remember.HOUR)
    assert stage.engine.grants.ends_with_lock
    await stage.engine.grants.lock()
    assert (await stage.ask(one)).state is State.PENDING
    assert (await stage.ask(other)).state is State.READY


async def test_until_lock_is_not_offered_over_ssh(timed: Timed) -> None:
    stage, _ = timed
    asked = await stage.ask(PretendLine(over_ssh=True))
    assert Remember.UNTIL_LOCK not in stage.request(asked.request_id).remember_options


async def test_until_lock_is_not_taken_from_a_panel_over_ssh(timed: Timed) -> None:
    stage, _ = timed
    asked = await stage.ask(line := PretendLine())
    session = stage.unlocked(over_ssh=True)
    with pytest.raises(WireError) as refused:
        await stage.allow(session, asked.request_id, proof=PIN, remember=Remember.UNTIL_LOCK)
    assert refused.value.code is Code.INVALID_PARAMS
    await stage.allow(session, asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)


async def test_a_session_locks_by_itself(timed: Timed) -> None:
    stage, hands = timed
    asked = await stage.ask(PretendLine(), expires_in=300)
    session = stage.unlocked()
    hands.pass_by(IDLE - 1)
    session.touch()
    hands.pass_by(IDLE - 1)
    assert session.unlocked
    hands.pass_by(2)
    with pytest.raises(WireError) as refused:
        await stage.allow(session, asked.request_id, proof=PIN)
    assert refused.value.code is Code.LOCKED
    session.touch()
    assert not session.unlocked


async def test_grants_outlive_the_worker_but_not_those_until_lock(timed: Timed) -> None:
    stage, _ = timed
    long, short, lock = PretendLine("long"), PretendLine("short"), PretendLine("lock")
    await granted(stage, long, Remember.HOUR)
    await granted(stage, short, Remember.QUARTER)
    await granted(stage, lock, Remember.UNTIL_LOCK)
    before = len(stage.exchange.wishes)
    assert sum(name.startswith("token:") for name in stage.keyring.items) == 2
    await stage.crash()
    await stage.start()
    assert (await stage.ask(lock)).state is State.PENDING
    assert sum(name.startswith("token:") for name in stage.keyring.items) == 1
    asked = await stage.ask(long)
    assert await stage.settled(long, asked.request_id) is State.READY
    assert len(stage.exchange.wishes) == before, "the Keychain had the token"
    asked = await stage.ask(short)
    assert await stage.settled(short, asked.request_id) is State.READY
    assert len(stage.exchange.wishes) == before + 1, "it was in memory only"


async def test_a_token_that_ends_is_renewed_once_for_all(timed: Timed) -> None:
    stage, hands = timed
    stage.exchange.lives = 600
    line = PretendLine()
    await granted(stage, line, Remember.HOUR)
    hands.pass_by(590)
    stage.exchange.hold = asyncio.Event()
    asked = [await stage.ask(line) for _ in range(3)]
    assert {a.state for a in asked} == {State.EXCHANGING}
    stage.exchange.hold.set()
    for one in asked:
        assert await stage.settled(line, one.request_id) is State.READY
        assert await stage.collect(line, one.request_id) == "token-2"
    assert len(stage.exchange.wishes) == 2


async def test_a_token_is_renewed_ahead_of_its_end(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    await granted(stage, line, Remember.HOUR)
    hands.pass_by(3600 - 61)
    for _ in range(3):
        assert (await stage.ask(line)).state is State.READY
    await stage.engine.exchanging.settle()
    assert len(stage.exchange.wishes) == 2
    newest = await stage.ask(line)
    assert await stage.collect(line, newest.request_id) == "token-2"


def waiting_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


async def test_a_grant_of_one_process_ends_with_it(timed: Timed) -> None:
    stage, _ = timed
    with waiting_process() as process:
        identity = f"process:{process.pid}:{birth_of(process.pid)}"
        line = PretendLine("python3", identity=identity, interpreter=True)
        await granted(stage, line, Remember.HOUR)
        (grant,) = stage.engine.grants.all_live()
        assert not process_gone(grant)
    assert process_gone(grant)
    stage.engine.grants._due()
    assert stage.engine.grants.live(grant.id) is None
    await stage.crash()
    await stage.start()
    (ended,) = stage.engine.core.book.grants()
    assert ended.ended_at is not None


async def test_a_revoked_grant_gives_nothing_that_was_asked_before(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    await granted(stage, line, Remember.HOUR)
    silent = await stage.ask(line)
    assert silent.state is State.READY
    await stage.engine.housekeeping.revoke_all("panel")
    with pytest.raises(WireError) as refused:
        await stage.collect(line, silent.request_id)
    assert refused.value.code is Code.CANCELLED
    assert not any(name.startswith("token:") for name in stage.keyring.items)


async def test_equal_asks_merge_and_a_client_has_five(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    first = await stage.ask(line)
    assert (await stage.ask(line)).request_id == first.request_id
    assert stage.request(first.request_id).merged == 1
    assert stage.request(first.request_id).revision == 1
    for scope in ("profile", "email", "People.Read", "Tasks.Read")[: PENDING_A_CLIENT - 1]:
        await stage.ask(line, scope)
    with pytest.raises(WireError) as refused:
        await stage.ask(line, "Device.Read")
    assert refused.value.code is Code.TOO_MANY


def test_ten_a_minute() -> None:
    hands = Hands()
    fatigue = Fatigue(hands.clock)
    for _ in range(ASKS_A_MINUTE):
        fatigue.take("one")
    with pytest.raises(WireError) as refused:
        fatigue.take("one")
    assert refused.value.retry_after == 6
    fatigue.take("another")
    hands.pass_by(6)
    fatigue.take("one")


async def test_a_client_that_leaves_has_a_moment_to_come_back(timed: Timed) -> None:
    stage, _ = timed
    line, later = PretendLine(), PretendLine()
    asked = await stage.ask(line)
    stage.engine.asks.left(line, gone=False)
    assert stage.request(asked.request_id).state is State.PENDING
    assert asked.request_id in stage.engine.endings._grace
    await stage.engine.asks.wait(later, TokenAwait(asked.request_id, 0))
    assert asked.request_id not in stage.engine.endings._grace


async def test_a_detached_request_belongs_to_the_program(timed: Timed) -> None:
    stage, _ = timed
    line, later = PretendLine(), PretendLine(process="77:another")
    asked = await stage.ask(line, detach=True, idempotency_key="k")
    stage.engine.asks.left(line, gone=True)
    assert stage.request(asked.request_id).state is State.PENDING
    again = await stage.ask(later, detach=True, idempotency_key="k")
    assert again.request_id == asked.request_id
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    await stage.settled(later, asked.request_id)
    assert await stage.collect(later, asked.request_id) == "token-1"


async def test_the_same_key_for_something_else_is_refused(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    await stage.ask(line, "User.Read", idempotency_key="k")
    with pytest.raises(WireError) as refused:
        await stage.ask(line, "profile", idempotency_key="k")
    assert refused.value.code is Code.INVALID_PARAMS
