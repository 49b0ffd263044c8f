"""Between the look at a request and the decision something happens: nothing is allowed then."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import Remember, Request, State
from entraclaw_tui.worker.sessions import ApproverSession
from tests.support.other_process import other_process
from tests.support.worker_stage import PIN, PretendLine, Timed, WorkerStage


def allowing(request: Request, proof: str = "", remember: Remember = Remember.ONCE) -> Decide:
    return Decide(request.id, request.digest, request.revision, "allow", remember, proof)


def denying(request: Request) -> Decide:
    return Decide(request.id, request.digest, request.revision, "deny")


async def refusal(stage: WorkerStage, decide: Decide) -> WireError:
    """Decide from an unlocked panel; return why it is refused."""
    with pytest.raises(WireError) as refused:
        await stage.engine.decisions.decide(stage.unlocked(), decide)
    return refused.value


async def seen(stage: WorkerStage, **more: object) -> tuple[ApproverSession, Request]:
    asked = await stage.ask(PretendLine(), **more)
    return stage.unlocked(), stage.request(asked.request_id)


async def approve(stage: WorkerStage, session: ApproverSession, request: Request) -> WireError:
    """Carry out what was examined a moment ago; return why it is refused."""
    stored = stage.engine.core.stored(request.id)
    with pytest.raises(WireError) as refused:
        await stage.engine.decisions.approve(session, stored, allowing(request))
    assert stage.exchange.wishes == []
    return refused.value


async def test_a_program_that_is_gone_gets_nothing(timed: Timed) -> None:
    stage, _ = timed
    with other_process() as other:
        asked = await stage.ask(other.line())
        kept = await stage.ask(other.line("other"), detach=True)
        other.end()
        error = await refusal(stage, allowing(stage.request(asked.request_id), PIN))
        assert (error.code, error.message) == (Code.CANCELLED, "The program that asked is gone.")
        gone = stage.request(asked.request_id)
        assert (gone.state, gone.outcome_code) == (State.CANCELLED, "client_changed")
        # What was asked for with `detach` is the program's, not the process's.
        allowed = await stage.allow(stage.unlocked(), kept.request_id, proof=PIN)
        assert allowed.state is State.APPROVED


async def test_a_request_that_nobody_knows_is_not_found(timed: Timed) -> None:
    stage, _ = timed
    nobody = Decide("r_none", "", 1, "deny")
    assert (await refusal(stage, nobody)).code is Code.NOT_FOUND
    assert (await refusal(stage, Decide("r_none", "", 1, "allow"))).code is Code.NOT_FOUND


async def test_what_has_expired_is_neither_allowed_nor_denied(timed: Timed) -> None:
    stage, _ = timed
    _, request = await seen(stage)
    await stage.engine.endings.expire([request.id])
    for decide in (allowing(request, PIN), denying(request)):
        error = await refusal(stage, decide)
        assert (error.code, error.message) == (Code.EXPIRED, "Its time is up.")
    assert stage.request(request.id).state is State.EXPIRED


@pytest.mark.parametrize("seconds", [120.0, 300.0])
async def test_time_runs_out_while_the_pin_is_checked(timed: Timed, seconds: float) -> None:
    stage, hands = timed
    session, request = await seen(stage)
    hands.pass_by(seconds)
    assert (await approve(stage, session, request)).code is Code.EXPIRED
    assert stage.request(request.id).state is State.PENDING


async def test_the_monotonic_clock_alone_ends_it_too(timed: Timed) -> None:
    stage, hands = timed
    session, request = await seen(stage)
    hands.ticks += 120
    assert (await refusal(stage, allowing(request, PIN))).code is Code.EXPIRED
    assert (await approve(stage, session, request)).code is Code.EXPIRED


async def test_a_moment_before_its_end_it_can_be_allowed(timed: Timed) -> None:
    stage, hands = timed
    session, request = await seen(stage)
    hands.pass_by(119.5)
    allowed = await stage.allow(session, request.id, proof=PIN)
    assert (allowed.state, allowed.decided_at) == (State.APPROVED, hands.now)
    assert allowed.decision == "allow"


@pytest.mark.parametrize("what", ["lock", "pause", "policy", "pin"])
async def test_what_stops_all_approvals_stops_one_under_way(timed: Timed, what: str) -> None:
    stage, _ = timed
    session, request = await seen(stage)
    if what == "lock":
        session.lock("screen locked")
    elif what == "pause":
        await stage.engine.housekeeping.pause(True, "panel")
    elif what == "policy":
        stage.engine.core.policy_lost = True
    else:
        stage.engine.desk.state = "damaged"
    code = {"lock": Code.LOCKED, "pause": Code.PAUSED, "policy": Code.FORBIDDEN, "pin": Code.NO_PIN}
    assert (await approve(stage, session, request)).code is code[what]
    assert stage.request(request.id).state is State.PENDING


@pytest.mark.parametrize("statement", ["DELETE FROM clients", "UPDATE clients SET seal = 'x'"])
async def test_a_client_whose_row_somebody_took_is_denied_and_never_allowed(
    timed: Timed, statement: str
) -> None:
    stage, _ = timed
    session, request = await seen(stage)
    await stage.engine.core.ledger.change(lambda txn: txn._db.execute(statement).close())
    error = await approve(stage, session, request)
    assert (error.code, error.message) == (Code.BLOCKED, "This client is blocked.")
    assert (await stage.deny(stage.session(), request.id)).state is State.DENIED


async def test_wrong_digits_for_what_was_decided_meanwhile_count_for_nothing(timed: Timed) -> None:
    stage, _ = timed
    asked = await stage.ask(PretendLine(shows_code=True))
    request = stage.request(asked.request_id)
    stored = stage.engine.core.stored(request.id)
    await stage.deny(stage.session(), request.id)
    with pytest.raises(WireError) as refused:
        await stage.engine.decisions._prove(stage.unlocked(), stored, allowing(request, "00"))
    assert refused.value.code is Code.ALREADY_DECIDED
    assert all(e.event != "wrong_code" for e in await stage.engine.housekeeping.tail(20))


async def wrong_pins(stage: WorkerStage) -> int:
    return len([e for e in await stage.engine.housekeeping.tail(50) if e.event == "wrong_pin"])


async def test_nobody_learns_of_the_pin_where_it_would_allow_nothing(timed: Timed) -> None:
    """What stands against it is said first: no panel can try PINs on what it may not allow."""
    stage, hands = timed
    _, request = await seen(stage)
    stale = Decide(request.id, request.digest, request.revision + 1, "allow", proof="135790")
    assert (await refusal(stage, stale)).code is Code.STALE_DIGEST
    for session, code in (
        (stage.session(), Code.LOCKED),
        (stage.unlocked(terminal=""), Code.FORBIDDEN),
        (stage.unlocked(ancestors=frozenset({request.requester.pid})), Code.FORBIDDEN),
    ):
        with pytest.raises(WireError) as refused:
            await stage.engine.decisions.decide(session, allowing(request, "135790"))
        assert refused.value.code is code
    session = stage.unlocked()
    hands.pass_by(120)
    with pytest.raises(WireError) as late:
        await stage.engine.decisions.decide(session, allowing(request, "135790"))
    assert late.value.code is Code.EXPIRED
    await stage.engine.endings.expire([request.id])
    _, second = await seen(stage)
    await stage.deny(stage.session(), second.id)
    assert (await refusal(stage, allowing(second, "135790"))).code is Code.ALREADY_DECIDED
    assert await wrong_pins(stage) == 0


async def test_two_denials_let_the_client_rest(timed: Timed) -> None:
    stage, _ = timed
    for _ in range(2):
        _, request = await seen(stage)
        await stage.deny(stage.session(), request.id)
    with pytest.raises(WireError) as refused:
        await stage.ask(PretendLine())
    assert refused.value.code is Code.RESTING


async def test_two_digits_are_no_pin_and_the_pin_stands_for_the_digits(timed: Timed) -> None:
    stage, _ = timed
    asked = await stage.ask(PretendLine(shows_code=True))
    request = stage.request(asked.request_id)
    assert (await refusal(stage, allowing(request, "13579"))).code is Code.WRONG_CODE
    assert (await refusal(stage, allowing(request, "135790"))).code is Code.WRONG_PIN
    assert (await stage.allow(stage.unlocked(), request.id, proof=PIN)).state is State.APPROVED
    stored = stage.engine.core.stored(request.id)
    assert stored.wrong_codes == 1


async def test_a_grant_says_of_the_request_all_that_it_allows(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    asked = await stage.ask(line, "openid", "User.Read")
    request = stage.request(asked.request_id)
    await stage.allow(stage.unlocked(), request.id, proof=PIN, remember=Remember.HOUR)
    (grant,) = stage.engine.grants.all_live()
    assert (grant.created_at, grant.expires_at) == (hands.now, hands.now + 3600)
    assert grant.scopes == tuple(scope.name for scope in request.scopes)
    assert (grant.identity, grant.executable) == (
        request.requester.identity, request.requester.executable,
    )  # fmt: skip
    assert (grant.flow, grant.agent, grant.tenant, grant.account, grant.resource) == (
        request.flow, request.agent, request.tenant, request.account, request.resource,
    )  # fmt: skip
    assert (grant.tier, grant.remember) == (request.tier, Remember.HOUR)
    entries = await stage.engine.housekeeping.tail(20)
    (entry,) = [e for e in entries if e.event == "allowed"]
    assert (entry.detail["grant"], entry.detail["remember"]) == (grant.id, "1h")


async def test_a_yes_ends_the_client_s_row_of_refusals(timed: Timed) -> None:
    stage, _ = timed
    for _ in range(3):
        _, request = await seen(stage)
        await stage.deny(stage.session(), request.id)
        _, request = await seen(stage)
        await stage.allow(stage.unlocked(), request.id, proof=PIN)
    (client,) = stage.engine.core.book.clients()
    assert (client.allowed, client.denied, client.resting_until) == (3, 3, None)
