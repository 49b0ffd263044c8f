"""Requests that nobody decides: when each ends, why, and what is left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import AuditEntry, State
from entraclaw_tui.worker import endings
from entraclaw_tui.worker.deadlines import Deadlines
from entraclaw_tui.worker.endings import Endings
from tests.support.other_process import other_process
from tests.support.worker_stage import PIN, PretendLine, Timed, WorkerStage


def table(stage: WorkerStage) -> Endings:
    return stage.engine.endings


async def fire(stage: WorkerStage, deadlines: Callable[[Endings], Deadlines]) -> None:
    """Let a timer ring, and wait for what it sets going."""
    deadlines(table(stage))._fire()
    await settled(stage)


async def settled(stage: WorkerStage) -> None:
    if table(stage)._tasks:
        await asyncio.wait(table(stage)._tasks)


def expiry(of: Endings) -> Deadlines:
    return of._expiry


def grace(of: Endings) -> Deadlines:
    return of._grace


def orphans(stage: WorkerStage) -> set[str]:
    return set(table(stage)._orphans)


def look(stage: WorkerStage) -> asyncio.TimerHandle | None:
    return table(stage)._look


async def ask(stage: WorkerStage, line: PretendLine | None = None, **more: object) -> str:
    return (await stage.ask(line or PretendLine(), **more)).request_id


async def audited(stage: WorkerStage, event: str) -> list[AuditEntry]:
    return [e for e in await stage.engine.housekeeping.tail(50) if e.event == event]


async def ready(stage: WorkerStage, line: PretendLine) -> str:
    request_id = await ask(stage, line)
    await stage.allow(stage.unlocked(), request_id, proof=PIN)
    assert await stage.settled(line, request_id) is State.READY
    return request_id


async def test_the_numbers() -> None:
    assert (endings.COLLECT_WITHIN, endings.GRACE, endings.LOOK) == (120.0, 5.0, 5.0)


async def test_what_nobody_decides_ends_with_its_time(timed: Timed) -> None:
    stage, hands = timed
    request_id = await ask(stage)
    hands.pass_by(119.9)
    await fire(stage, expiry)
    assert stage.request(request_id).state is State.PENDING
    hands.pass_by(0.1)
    await fire(stage, expiry)
    request = stage.request(request_id)
    assert (request.state, request.outcome_code) == (State.EXPIRED, "expired")
    assert request.outcome_text == "Nobody decided or collected it in time."
    (entry,) = await audited(stage, "expired")
    assert (entry.subject, entry.detail["kind"], entry.detail["why"]) == (
        request_id, "request", "expired",
    )  # fmt: skip
    assert (entry.detail["client"], entry.detail["resource"]) == ("notes", request.resource)


async def test_two_that_nobody_decided_let_the_client_rest_and_it_is_seen(timed: Timed) -> None:
    stage, hands = timed
    for _ in range(2):
        assert (await audited(stage, "resting")) == []
        await table(stage).expire([await ask(stage)])
    (client,) = stage.engine.core.book.clients()
    assert client.resting_until == hands.now + 300
    (entry,) = await audited(stage, "resting")
    assert (entry.subject, entry.detail["client"]) == (client.identity, client.name)
    assert entry.detail["seconds"] == "300"


async def test_a_token_waits_two_minutes_and_is_then_thrown_away(timed: Timed) -> None:
    stage, hands = timed
    for _ in range(3):  # this is no refusal: nobody rests
        line = PretendLine()
        request_id = await ready(stage, line)
        assert stage.engine.shelf.has(request_id)
        hands.pass_by(119.9)
        await fire(stage, expiry)
        assert stage.request(request_id).state is State.READY
        hands.pass_by(0.1)
        await fire(stage, expiry)
        assert stage.request(request_id).state is State.EXPIRED
        assert not stage.engine.shelf.has(request_id)
    assert await audited(stage, "resting") == []


async def test_a_decided_request_has_no_deadline_any_more(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    request_id = await ask(stage, line)
    assert request_id in table(stage)._expiry
    stage.engine.asks.left(line, gone=False)
    assert request_id in table(stage)._grace
    await stage.deny(stage.session(), request_id)
    assert request_id not in table(stage)._expiry
    assert request_id not in table(stage)._grace


async def test_a_client_that_left_has_five_seconds_and_a_process_that_ended_none(
    timed: Timed,
) -> None:
    stage, hands = timed
    line = PretendLine()
    request_id = await ask(stage, line)
    stage.engine.asks.left(line, gone=False)
    hands.pass_by(4.9)
    await fire(stage, grace)
    assert stage.request(request_id).state is State.PENDING
    hands.pass_by(0.1)
    await fire(stage, grace)
    request = stage.request(request_id)
    assert (request.state, request.outcome_code) == (State.CANCELLED, "client_gone")
    assert request.outcome_text == "The program that asked went away."
    second = await ask(stage, line)
    stage.engine.asks.left(line, gone=True)
    await fire(stage, grace)
    assert stage.request(second).state is State.CANCELLED


async def test_a_client_that_comes_back_in_time_goes_on(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    request_id = await ask(stage, line)
    stage.engine.asks.left(line, gone=False)
    hands.pass_by(4.9)
    table(stage).held(request_id)
    hands.pass_by(10)
    await fire(stage, grace)
    assert stage.request(request_id).state is State.PENDING


async def test_who_needs_no_connection_and_what_has_ended_is_not_waited_for(timed: Timed) -> None:
    stage, _ = timed
    detached = await ask(stage, detach=True)
    denied = await ask(stage, PretendLine("other"))
    await stage.deny(stage.session(), denied)
    for request_id in (detached, denied, "r_none"):
        table(stage).abandoned(request_id, gone=True)
        assert request_id not in table(stage)._grace
    assert stage.request(detached).state is State.PENDING


async def test_what_is_at_its_end_is_not_cancelled_and_the_unknown_says_nothing(
    timed: Timed,
) -> None:
    stage, _ = timed
    denied = await ask(stage)
    await stage.deny(stage.session(), denied)
    waiting = await ask(stage, PretendLine("other"))
    await table(stage).cancel([denied, "r_none", waiting], "cancelled", "why")
    assert stage.request(denied).state is State.DENIED
    cancelled = stage.request(waiting)
    assert (cancelled.state, cancelled.outcome_text) == (State.CANCELLED, "why")
    assert len(await audited(stage, "cancelled")) == 1
    await table(stage).expire([waiting, denied])
    assert await audited(stage, "expired") == []


async def test_a_cancelled_one_leaves_no_token_behind(timed: Timed) -> None:
    stage, _ = timed
    request_id = await ready(stage, PretendLine())
    await table(stage).cancel([request_id], "cancelled", "why")
    assert not stage.engine.shelf.has(request_id)
    assert request_id not in table(stage)._expiry


async def test_an_end_that_cannot_be_stored_is_told_and_tried_again(
    timed: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, hands = timed
    request_id = await ask(stage)

    async def full(work: object) -> None:
        raise WireError(Code.STORAGE, "The disk is full.")

    hands.pass_by(120)
    with monkeypatch.context() as broken:
        broken.setattr(stage.engine.core.ledger, "change", full)
        await fire(stage, expiry)
    assert "A request's end could not be stored." in (stage.folder / "worker.log").read_text()
    assert stage.request(request_id).state is State.PENDING
    assert table(stage).over(stage.engine.core.stored(request_id))
    hands.pass_by(1.9)
    await fire(stage, expiry)
    assert stage.request(request_id).state is State.PENDING
    hands.pass_by(0.1)
    await fire(stage, expiry)
    assert stage.request(request_id).state is State.EXPIRED


async def test_after_a_restart_it_looks_whether_the_program_still_runs(timed: Timed) -> None:
    stage, _ = timed
    with other_process() as other:
        leaving = await ask(stage, other.line("leaving"))
        staying = await ask(stage, PretendLine("staying"))
        back = await ask(stage, PretendLine("back"))
        detached = await ask(stage, PretendLine("detached"), detach=True)
        await stage.crash()
        await stage.start()
        assert orphans(stage) == {leaving, staying, back}
        first = look(stage)
        assert first is not None
        due = first.when() - asyncio.get_running_loop().time()
        assert 4 < due <= 5
        table(stage).held(back)
        table(stage)._look_now()
        assert orphans(stage) == {leaving, staying}
        other.end()
    before = look(stage)
    assert before is not None
    table(stage)._look_later()  # one look at a time
    assert look(stage) is before
    before.cancel()
    table(stage)._look_now()
    await settled(stage)
    assert stage.request(leaving).outcome_code == "client_gone"
    assert orphans(stage) == {staying}
    for request_id in (staying, back, detached):
        assert stage.request(request_id).state is State.PENDING
    await stage.deny(stage.session(), staying)
    assert orphans(stage) == set()
    last = look(stage)
    assert last is not None
    last.cancel()
    table(stage)._look_now()
    assert look(stage) is None  # nobody to look for: it does not look


async def test_a_restart_gives_no_more_time(timed: Timed) -> None:
    stage, hands = timed
    request_id = await ask(stage)
    hands.pass_by(100)
    await stage.crash()
    await stage.start()
    hands.pass_by(19.9)
    assert not table(stage).over(stage.engine.core.stored(request_id))
    hands.pass_by(0.1)
    assert table(stage).over(stage.engine.core.stored(request_id))


async def test_a_client_whose_row_somebody_took_rests_all_the_same(timed: Timed) -> None:
    stage, _ = timed
    await table(stage).expire([await ask(stage)])
    request_id = await ask(stage)
    await stage.engine.core.ledger.change(
        lambda txn: txn._db.execute("DELETE FROM clients").close()
    )
    await table(stage).expire([request_id])
    assert await audited(stage, "resting") == []
    with pytest.raises(WireError) as refused:
        await ask(stage)
    assert refused.value.code is Code.RESTING


async def test_closing_stops_every_timer(timed: Timed) -> None:
    stage, _ = timed
    line = PretendLine()
    await ask(stage, line)
    await stage.crash()
    await stage.start()
    table(stage).abandoned(next(iter(orphans(stage))), gone=False)
    of = table(stage)
    timers = [of._expiry._timer, of._grace._timer, of._look]
    of._expired(["r_none"])
    (task,) = of._tasks
    await asyncio.sleep(0)  # it has begun
    of.close()
    await asyncio.wait([task])
    assert task.cancelled()
    assert all(timer is not None and timer.cancelled() for timer in timers)
