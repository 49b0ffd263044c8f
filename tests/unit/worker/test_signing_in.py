"""The sign-in by device code, as a panel drives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.signing_in import SigningIn
from tests.support.worker_stage import Hands, WorkerStage

BY = "panel 1"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WorkerStage]:
    """An engine that asks Entra without pauses, on a clock moved by hand."""

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    worker = WorkerStage(tmp_path, hands=Hands())
    engine = await worker.start()
    engine.signing_in = SigningIn(engine.core, engine.exchanging, at_once)
    yield worker
    await worker.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def began(stage: WorkerStage) -> ApproverSession:
    session = stage.unlocked()
    shown = await stage.engine.signing_in.start(session, BY)
    assert (shown.state, shown.user_code) == ("waiting", "ABCD-EFGH")
    assert shown.verification_uri == "https://login.example/device"
    return session


async def test_the_person_signs_in(stage: WorkerStage) -> None:
    told: list[bool] = []
    desk = stage.engine.signing_in
    desk.on_change = lambda: told.append(desk.signed_in)
    session = await began(stage)
    await until(lambda: len(stage.exchange.polls) > 2)
    stage.exchange.confirmed = True
    await until(lambda: bool(told))
    shown = desk.status(session)
    assert (shown.state, shown.signed_in, shown.user_code) == ("done", True, "")
    assert told == [True]
    events = [e.event for e in await stage.engine.housekeeping.tail(10)]
    assert events[-2:] == ["sign_in_began", "signed_in"]


async def test_the_code_is_for_the_session_that_began_it(stage: WorkerStage) -> None:
    await began(stage)
    other = stage.engine.signing_in.status(stage.unlocked())
    assert (other.state, other.user_code, other.verification_uri) == ("waiting", "", "")
    assert "ABCD" not in repr(other)


async def test_a_tenant_that_blocks_it_is_explained(stage: WorkerStage) -> None:
    session = await began(stage)
    stage.exchange.failures = [ExchangeError(Kind.BLOCKED, code="AADSTS53003")]
    await until(lambda: stage.engine.signing_in.status(session).state == "failed")
    shown = stage.engine.signing_in.status(session)
    assert (shown.code, shown.message) == ("blocked", "A policy of the directory blocks this.")
    assert "administrator" in shown.hint


async def test_hiccups_do_not_end_it(stage: WorkerStage) -> None:
    session = await began(stage)
    stage.exchange.failures = [ExchangeError(Kind.TRANSIENT)] * 4
    await until(lambda: not stage.exchange.failures and len(stage.exchange.polls) > 6)
    assert stage.engine.signing_in.status(session).state == "waiting"
    stage.exchange.failures = [ExchangeError(Kind.TRANSIENT)] * 5
    await until(lambda: stage.engine.signing_in.status(session).state == "failed")


async def test_the_code_ends(stage: WorkerStage) -> None:
    assert stage.hands is not None
    session = await began(stage)
    stage.hands.pass_by(901)
    await until(lambda: stage.engine.signing_in.status(session).state == "expired")
    assert "Begin again" in stage.engine.signing_in.status(session).hint


async def test_cancelled_it_asks_no_more(stage: WorkerStage) -> None:
    session = await began(stage)
    shown = await stage.engine.signing_in.cancel(session, BY)
    assert shown.state == "cancelled"
    asked = len(stage.exchange.polls)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(stage.exchange.polls) <= asked + 1


async def test_a_second_one_takes_the_place_of_the_first(stage: WorkerStage) -> None:
    first = await began(stage)
    second = await began(stage)
    assert stage.engine.signing_in.status(first).user_code == ""
    assert stage.engine.signing_in.status(second).user_code == "ABCD-EFGH"


async def test_signing_out_forgets(stage: WorkerStage) -> None:
    stage.exchange.confirmed = True
    session = await began(stage)
    await until(lambda: stage.engine.signing_in.signed_in)
    shown = await stage.engine.signing_in.sign_out(session, BY)
    assert (shown.state, shown.signed_in) == ("none", False)
    assert not stage.exchange.confirmed


async def test_no_sign_in_begins_where_entra_refuses(stage: WorkerStage) -> None:
    stage.exchange.failures = [ExchangeError(Kind.CONFIG, code="AADSTS700016")]
    with pytest.raises(WireError) as refused:
        await stage.engine.signing_in.start(stage.unlocked(), BY)
    assert refused.value.code is Code.EXCHANGE_FAILED
