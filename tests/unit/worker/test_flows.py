"""As whom the agent acts: each flow is its own request, its own grant, its own account."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.request_messages import TokenAwait
from entraclaw_tui.model.consent import Remember, State, Tier
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from tests.support.worker_stage import CONFIG, PIN, PretendLine, WorkerStage

PERSON = "demo@contoso.example"
CHALLENGE = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'


async def granted(stage: WorkerStage, line: PretendLine, flow: str) -> str:
    """Let a client have a grant of an hour for User.Read by this flow; return the grant's id."""
    asked = await stage.ask(line, flow=flow)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    assert await stage.settled(line, asked.request_id) is State.READY
    await stage.collect(line, asked.request_id)
    return stage.engine.core.book.grants()[-1].id


@pytest.mark.parametrize(
    ("flow", "scopes", "account"),
    [
        ("obo", ("User.Read",), PERSON),
        ("agent_obo", ("User.Read",), PERSON),
        ("agent_user", ("User.Read",), "agent@contoso.example"),
        ("app", (".default",), ""),
    ],
)
async def test_what_is_asked_is_what_is_exchanged(
    stage: WorkerStage, flow: str, scopes: tuple[str, ...], account: str
) -> None:
    line = PretendLine()
    asked = await stage.ask(line, *scopes, flow=flow)
    assert stage.request(asked.request_id).account == account
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    assert await stage.settled(line, asked.request_id) is State.READY
    wish = stage.exchange.wishes[-1]
    assert (wish.flow, wish.agent, wish.account, wish.scopes) == (flow, "agent", account, scopes)


async def test_the_agent_as_itself_is_always_a_high_request(stage: WorkerStage) -> None:
    asked = await stage.ask(PretendLine(), ".default", flow="app")
    assert asked.tier is Tier.HIGH


async def test_a_grant_of_one_flow_opens_no_other(stage: WorkerStage) -> None:
    line = PretendLine()
    await granted(stage, line, "obo")
    assert (await stage.ask(line)).state is State.READY
    assert (await stage.ask(line, flow="agent_obo")).state is State.PENDING
    assert (await stage.ask(line, flow="agent_user")).state is State.PENDING


async def test_a_grant_keeps_its_flow_through_a_restart(stage: WorkerStage) -> None:
    line = PretendLine()
    await granted(stage, line, "agent_user")
    await stage.stop()
    await stage.start()
    asked = await stage.ask(line, flow="agent_user", claims=CHALLENGE)
    assert await stage.settled(line, asked.request_id) is State.READY
    wish = stage.exchange.wishes[-1]
    assert (wish.flow, wish.account) == ("agent_user", "agent@contoso.example")


async def test_a_claims_challenge_is_not_answered_with_the_token_that_failed(
    stage: WorkerStage,
) -> None:
    line = PretendLine()
    await granted(stage, line, "obo")
    before = await stage.ask(line)
    assert await stage.collect(line, before.request_id) == "token-1"
    asked = await stage.ask(line, claims=CHALLENGE)
    assert await stage.settled(line, asked.request_id) is State.READY
    assert stage.exchange.wishes[-1].claims == CHALLENGE
    assert await stage.collect(line, asked.request_id) == "token-2"
    after = await stage.ask(line)
    assert await stage.collect(line, after.request_id) == "token-2"


@pytest.mark.parametrize("remembered", [False, True])
async def test_what_a_stronger_sign_in_must_satisfy_goes_back_to_the_client(
    stage: WorkerStage, remembered: bool
) -> None:
    line = PretendLine()
    if remembered:
        await granted(stage, line, "obo")
    stage.exchange.failures = [ExchangeError(Kind.STEP_UP, claims=CHALLENGE)]
    asked = await stage.ask(line, claims='{"access_token":{}}')
    if not remembered:
        await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    await stage.settled(line, asked.request_id)
    result = await stage.engine.asks.wait(line, TokenAwait(asked.request_id, 0))
    assert (result.state, result.code, result.claims) == (State.FAILED, "step_up", CHALLENGE)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"flow": "app"}, Code.INVALID_PARAMS),
        ({"flow": "agent_user", "user_assertion": "x"}, Code.INVALID_PARAMS),
        ({"flow": "obo", "agent": "nobody"}, Code.NOT_FOUND),
    ],
)
async def test_what_does_not_fit_its_flow_reaches_nobody(
    stage: WorkerStage, wrong: dict[str, object], code: Code
) -> None:
    with pytest.raises(WireError) as refused:
        await stage.ask(PretendLine(), **wrong)
    assert refused.value.code is code
    assert not list(stage.engine.core.book.pending())


async def test_a_flow_that_the_settings_lack_says_what_to_set(stage: WorkerStage) -> None:
    from msgspec.structs import replace

    stage.engine.core.config = replace(CONFIG, agent=replace(CONFIG.agent, client_id="", user=""))
    for flow in ("agent_obo", "agent_user"):
        with pytest.raises(WireError) as refused:
            await stage.ask(PretendLine(), flow=flow)
        assert refused.value.code is Code.NOT_OFFERED
        assert "config.toml" in refused.value.hint


async def test_a_live_grants_token_is_exchanged_anew_when_the_person_wants_it(
    stage: WorkerStage,
) -> None:
    line = PretendLine()
    grant = await granted(stage, line, "obo")
    await stage.engine.housekeeping.renew(grant, "panel")
    asked = await stage.ask(line)
    assert await stage.collect(line, asked.request_id) == "token-2"
    tokens = stage.engine.core.book.tokens()
    assert [t.ended_at is None for t in tokens if t.grant_id == grant] == [False, True]
    live = next(t for t in tokens if t.ended_at is None and t.grant_id == grant)
    assert live.refresh_at is not None
    assert live.issued_at < live.refresh_at < live.expires_at


async def test_a_renewal_that_fails_says_why(stage: WorkerStage) -> None:
    grant = await granted(stage, PretendLine(), "obo")
    stage.exchange.failures = [ExchangeError(Kind.THROTTLED, retry_after=7)]
    with pytest.raises(WireError) as refused:
        await stage.engine.housekeeping.renew(grant, "panel")
    assert (refused.value.code, refused.value.retry_after) == (Code.EXCHANGE_FAILED, 7)
    with pytest.raises(WireError):
        await stage.engine.housekeeping.renew("g_none", "panel")


async def test_forgetting_in_a_loop_is_slowed_down(stage: WorkerStage) -> None:
    grant = await granted(stage, PretendLine(), "obo")
    for _ in range(10):
        await stage.engine.housekeeping.forget_token(grant, "panel")
    with pytest.raises(WireError) as refused:
        await stage.engine.housekeeping.forget_token(grant, "panel")
    assert refused.value.code is Code.TOO_MANY
    assert "forgotten" in str(refused.value)
    assert 0 < refused.value.retry_after <= 6
    told = await stage.engine.housekeeping.tail(50)
    assert [entry.event for entry in told].count("token_forgotten") == 10


async def test_a_forgotten_token_is_not_handed_out_again(stage: WorkerStage) -> None:
    line = PretendLine()
    grant = await granted(stage, line, "obo")
    await stage.engine.housekeeping.forget_token(grant, "panel")
    assert all(t.ended_at is not None for t in stage.engine.core.book.tokens())
    asked = await stage.ask(line)
    assert await stage.settled(line, asked.request_id) is State.READY
    assert await stage.collect(line, asked.request_id) == "token-2"
