"""Several requests by one PIN: each by its own compare-and-swap, high ones never."""

from __future__ import annotations

import asyncio

import pytest

from entraclaw_tui.ipc.control_messages import Decided, DecideMany, Seen
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import State
from entraclaw_tui.worker.sessions import ApproverSession
from tests.support.worker_stage import PIN, PretendLine, WorkerStage


async def allow(
    stage: WorkerStage, session: ApproverSession, seen: list[Seen], pin: str = PIN
) -> list[str]:
    """Allow several; return the state of each, or why not."""
    result = await stage.engine.batch.decide(session, DecideMany(tuple(seen), "allow", pin))
    return [told(each) for each in result.results]


def told(result: Decided) -> str:
    return str(result.state or result.code)


def seen(stage: WorkerStage, request_id: str) -> Seen:
    request = stage.request(request_id)
    return Seen(request.id, request.digest, request.revision)


async def waiting(stage: WorkerStage, *scopes: str) -> list[str]:
    """Let one client a scope ask, each of them known, so that no tier is raised."""
    found = []
    for number, scope in enumerate(scopes):
        line = PretendLine(f"c{number}", shows_code=True)
        first = await stage.ask(line, "openid")
        await stage.allow(stage.unlocked(), first.request_id, proof=PIN)
        await stage.settled(line, first.request_id)
        found.append((await stage.ask(line, scope)).request_id)
    stage.exchange.wishes.clear()
    return found


async def test_one_pin_allows_low_and_medium_each_once(stage: WorkerStage) -> None:
    low, medium, high = await waiting(stage, "User.Read", "Mail.Read", "Mail.Send")
    rows = [seen(stage, each) for each in (high, low, medium)]
    assert await allow(stage, stage.unlocked(), rows) == ["forbidden", "approved", "approved"]
    assert stage.request(high).state is State.PENDING
    assert stage.engine.grants.all_live() == ()
    for request_id, name in ((low, "c0"), (medium, "c1")):
        assert await stage.settled(PretendLine(name), request_id) is State.READY
    assert sorted(w.scopes[0] for w in stage.exchange.wishes) == ["Mail.Read", "User.Read"]


async def test_a_stale_row_is_refused_and_the_others_go_on(stage: WorkerStage) -> None:
    first, second, third, fourth = await waiting(
        stage, "User.Read", "Mail.Read", "Files.Read", "Calendars.Read"
    )
    rows = [seen(stage, each) for each in (first, second, third, fourth)]
    rows[0] = Seen(first, rows[1].digest, 1)
    rows[2] = Seen(third, rows[2].digest, 7)
    await stage.deny(stage.session(), fourth)
    unknown = Seen("r_0", "x", 1)
    answer = await allow(stage, stage.unlocked(), [*rows, unknown, rows[1]])
    assert answer == [
        "stale_digest",
        "approved",
        "stale_digest",
        "already_decided",
        "not_found",
        "already_decided",
    ]
    assert stage.request(first).state is State.PENDING
    assert stage.request(third).state is State.PENDING


@pytest.mark.parametrize(
    ("pin", "code"), [("135790", Code.WRONG_PIN), ("", Code.PROOF_REQUIRED), ("42", Code.WRONG_PIN)]
)
async def test_a_wrong_pin_decides_none_and_counts_once(
    stage: WorkerStage, pin: str, code: Code
) -> None:
    ids = await waiting(stage, "User.Read", "Mail.Read", "Files.Read")
    session = stage.unlocked()
    with pytest.raises(WireError) as refused:
        await allow(stage, session, [seen(stage, each) for each in ids], pin)
    assert refused.value.code is code
    assert [stage.request(each).state for each in ids] == [State.PENDING] * 3
    assert stage.exchange.wishes == []
    entries = await stage.engine.housekeeping.tail(100)
    assert [e.event for e in entries].count("wrong_pin") == (code is Code.WRONG_PIN)
    assert stage.engine.desk.wait(session.approver) == 0


@pytest.mark.parametrize(
    ("changes", "unlocked", "answer"),
    [
        ({"terminal": ""}, True, Code.FORBIDDEN),
        ({}, False, Code.LOCKED),
    ],
)
async def test_who_may_not_allow_one_may_not_allow_several(
    stage: WorkerStage, changes: dict[str, object], unlocked: bool, answer: Code
) -> None:
    ids = await waiting(stage, "User.Read")
    session = stage.unlocked(**changes) if unlocked else stage.session(**changes)
    for pin in (PIN, "135790"):  # nor does it learn here whether this is the PIN
        with pytest.raises(WireError) as refused:
            await allow(stage, session, [seen(stage, each) for each in ids], pin)
        assert refused.value.code is answer
    assert stage.request(ids[0]).state is State.PENDING


async def test_a_session_that_locks_while_the_pin_is_checked_allows_none(
    stage: WorkerStage,
) -> None:
    ids = await waiting(stage, "User.Read", "Mail.Read")
    session = stage.unlocked()
    deciding = asyncio.create_task(allow(stage, session, [seen(stage, each) for each in ids]))
    await asyncio.sleep(0)  # it has begun: the PIN is checked on a thread
    session.lock("screen locked")
    with pytest.raises(WireError) as refused:
        await deciding
    assert refused.value.code is Code.LOCKED
    assert [stage.request(each).state for each in ids] == [State.PENDING] * 2


async def test_a_requester_s_own_row_is_refused(stage: WorkerStage) -> None:
    mine, other = await waiting(stage, "User.Read", "Mail.Read")
    pid = stage.request(mine).requester.pid
    session = stage.unlocked(ancestors=frozenset({pid}))
    rows = [seen(stage, mine), seen(stage, other)]
    assert await allow(stage, session, rows) == ["forbidden", "forbidden"]


async def test_deny_takes_no_pin_and_checks_every_row(stage: WorkerStage) -> None:
    low, high = await waiting(stage, "User.Read", "Mail.Send")
    rows = (Seen(low, "other", 1), seen(stage, high))
    many = DecideMany(rows, "deny", reason="not now")
    result = await stage.engine.batch.decide(stage.session(), many)
    assert [told(each) for each in result.results] == ["stale_digest", "denied"]
    assert stage.request(high).outcome_text == "not now"
