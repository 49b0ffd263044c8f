"""From the ask to the token, and every way that it ends otherwise."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import Proof, Remember, State, Tier
from entraclaw_tui.worker.entra_errors import ExchangeError
from tests.support.worker_stage import PIN, PretendLine, WorkerStage


async def known(stage: WorkerStage, line: PretendLine) -> None:
    """Let a client be one that was allowed before."""
    first = await stage.ask(line, "profile")
    await stage.allow(stage.unlocked(), first.request_id, proof=PIN)
    assert await stage.settled(line, first.request_id) is State.READY
    await stage.collect(line, first.request_id)


async def test_a_known_client_gets_a_low_request_by_a_key(stage: WorkerStage) -> None:
    line = PretendLine()
    await known(stage, line)
    asked = await stage.ask(line, "User.Read")
    assert (asked.state, asked.tier) == (State.PENDING, Tier.LOW)
    request = await stage.allow(stage.unlocked(), asked.request_id)
    assert request.state is State.APPROVED
    assert await stage.settled(line, asked.request_id) is State.READY
    assert await stage.collect(line, asked.request_id) == "token-2"
    assert stage.request(asked.request_id).state is State.DELIVERED


async def test_a_token_is_delivered_once(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)
    with pytest.raises(WireError) as refused:
        await stage.collect(line, asked.request_id)
    assert refused.value.code is Code.ALREADY_COLLECTED


async def test_a_new_client_is_raised_by_one(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine(), "User.Read")
    request = stage.request(asked.request_id)
    assert (request.tier, request.proof, request.new_client) == (Tier.MEDIUM, Proof.PIN, True)


async def test_an_interpreter_stays_a_new_client(stage: WorkerStage) -> None:
    line = PretendLine("python3", interpreter=True)
    await known(stage, line)
    asked = await stage.ask(line, "User.Read")
    assert stage.request(asked.request_id).new_client


async def test_a_locked_session_allows_nothing_and_denies(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    with pytest.raises(WireError) as refused:
        await stage.allow(stage.session(), asked.request_id, proof=PIN)
    assert refused.value.code is Code.LOCKED
    request = await stage.deny(stage.session(), asked.request_id, "not now")
    assert (request.state, request.outcome_text) == (State.DENIED, "not now")
    with pytest.raises(WireError, match="not now"):
        await stage.collect(line, asked.request_id)


@pytest.mark.parametrize(("proof", "code"), [("", "proof_required"), ("000001", "wrong_pin")])
async def test_high_takes_the_pin_again(stage: WorkerStage, proof: str, code: str) -> None:
    asked = await stage.ask(PretendLine(), "Mail.Send")
    with pytest.raises(WireError) as refused:
        await stage.allow(stage.unlocked(), asked.request_id, proof=proof)
    assert refused.value.code == code
    assert stage.request(asked.request_id).state is State.PENDING


async def test_high_is_never_remembered(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine(), "Mail.Send")
    assert stage.request(asked.request_id).remember_options == (Remember.ONCE,)
    with pytest.raises(WireError) as refused:
        await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.QUARTER)
    assert refused.value.code is Code.INVALID_PARAMS


async def test_the_code_of_the_client_proves_medium(stage: WorkerStage) -> None:
    line = PretendLine(shows_code=True)
    asked = await stage.ask(line)
    assert asked.match_code is not None
    assert stage.request(asked.request_id).proof is Proof.CODE
    await stage.allow(stage.unlocked(), asked.request_id, proof=asked.match_code)
    assert await stage.settled(line, asked.request_id) is State.READY


async def test_three_wrong_codes_deny(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine(shows_code=True))
    wrong = "10" if asked.match_code != "10" else "11"
    session = stage.unlocked()
    for _ in range(3):
        with pytest.raises(WireError) as refused:
            await stage.allow(session, asked.request_id, proof=wrong)
        assert refused.value.code is Code.WRONG_CODE
    assert stage.request(asked.request_id).state is State.DENIED


async def test_where_keys_can_be_injected_a_key_is_not_enough(stage: WorkerStage) -> None:
    line = PretendLine()
    await known(stage, line)
    asked = await stage.ask(line, "User.Read")
    session = stage.unlocked(injectable_by="tmux")
    with pytest.raises(WireError) as refused:
        await stage.allow(session, asked.request_id)
    assert refused.value.code is Code.PROOF_REQUIRED
    await stage.allow(session, asked.request_id, proof=PIN)
    assert await stage.settled(line, asked.request_id) is State.READY


@pytest.mark.parametrize("changes", [{"terminal": ""}, {"pid": None}, {"ancestors": None}])
async def test_who_may_never_allow(stage: WorkerStage, changes: dict[str, object]) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    pid = line.peer.pid
    if "pid" in changes:
        changes = {"pid": pid, "ancestors": frozenset({pid})}
    elif "ancestors" in changes:
        changes = {"ancestors": frozenset({2**22 + 5, pid})}
    with pytest.raises(WireError) as refused:
        await stage.allow(stage.unlocked(**changes), asked.request_id, proof=PIN)
    assert refused.value.code is Code.FORBIDDEN
    assert stage.request(asked.request_id).state is State.PENDING


async def test_the_first_decision_counts(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine())
    await stage.deny(stage.session(), asked.request_id)
    for decide in (stage.allow(stage.unlocked(), asked.request_id, proof=PIN),
                   stage.deny(stage.session(), asked.request_id)):  # fmt: skip
        with pytest.raises(WireError) as refused:
            await decide
        assert refused.value.code is Code.ALREADY_DECIDED


async def test_entra_says_no(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    stage.exchange.failures.append(ExchangeError("consent_needed", "An admin has to agree."))
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    assert await stage.settled(line, asked.request_id) is State.FAILED
    request = stage.request(asked.request_id)
    assert request.outcome_code == "consent_needed"
    with pytest.raises(WireError) as refused:
        await stage.collect(line, asked.request_id)
    assert refused.value.code is Code.EXCHANGE_FAILED


async def test_to_others_a_request_does_not_exist(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine())
    other = PretendLine(process="1:other")
    with pytest.raises(WireError) as refused:
        await stage.settled(other, asked.request_id)
    assert refused.value.code is Code.NOT_FOUND


async def test_a_changed_program_collects_nothing(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    await stage.settled(line, asked.request_id)
    line.same = False
    with pytest.raises(WireError) as refused:
        await stage.collect(line, asked.request_id)
    assert refused.value.code is Code.CANCELLED
    assert stage.request(asked.request_id).state is State.CANCELLED


async def test_a_live_grant_answers_at_once(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.QUARTER)
    await stage.settled(line, asked.request_id)
    again = await stage.ask(line)
    assert again.state is State.READY
    assert await stage.collect(line, again.request_id) == "token-1"
    await stage.engine.uses.flush()
    (grant,) = stage.engine.core.book.grants()
    assert grant.uses == 1
    await stage.engine.housekeeping.revoke(grant.id, "panel")
    assert (await stage.ask(line)).state is State.PENDING


async def test_a_grant_opens_nothing_else(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line, "User.Read")
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)
    for other, scopes in (
        (line, ["User.Read", "profile"]),
        (line, ["profile"]),
        (PretendLine("other"), ["User.Read"]),
    ):
        assert (await stage.ask(other, *scopes)).state is State.PENDING


async def test_a_pause_stops_everything(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.engine.housekeeping.pause(True, "panel")
    for step in (
        stage.ask(line),
        stage.allow(stage.unlocked(), asked.request_id, proof=PIN),
        stage.collect(line, asked.request_id),
    ):
        with pytest.raises(WireError) as refused:
            await step
        assert refused.value.code is Code.PAUSED


async def test_a_block_denies_and_ends_grants(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)
    waiting = await stage.ask(line, "profile")
    identity = line.facts.requester.identity
    await stage.engine.housekeeping.block(identity, "panel")
    assert stage.request(waiting.request_id).state is State.DENIED
    with pytest.raises(WireError) as refused:
        await stage.ask(line)
    assert refused.value.code is Code.BLOCKED
    await stage.engine.housekeeping.unblock(identity, "panel")
    assert (await stage.ask(line)).state is State.PENDING


async def test_what_is_so_already_is_not_audited_again(stage: WorkerStage) -> None:
    line = PretendLine()
    await stage.ask(line)
    housekeeping, identity = stage.engine.housekeeping, line.facts.requester.identity
    for _ in range(3):
        await housekeeping.block(identity, "panel")
        await housekeeping.pause(True, "panel")
    await housekeeping.pause(False, "panel")
    await housekeeping.unblock(identity, "panel")
    await housekeeping.block(identity, "panel")
    told = [e.event for e in await housekeeping.tail(50)]
    assert [told.count(e) for e in ("blocked", "paused", "resumed")] == [2, 1, 1]


async def test_the_chain_holds_in_the_database_and_in_the_files(stage: WorkerStage) -> None:
    line = PretendLine()
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)
    verified = await stage.engine.housekeeping.verify()
    assert verified.problem == ""
    events = [entry.event for entry in await stage.engine.housekeeping.tail(100)]
    assert events == ["started", "asked", "allowed", "exchanged", "delivered"]
    assert verified.entries == len(events)
