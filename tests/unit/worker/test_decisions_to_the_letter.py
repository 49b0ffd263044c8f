"""What a decision leaves behind: in the audit, with the client, and for whoever comes too late."""

from __future__ import annotations

import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import AuditEntry, Client, State
from entraclaw_tui.worker.sessions import IDLE
from tests.support.worker_stage import PIN, PretendLine, Timed, WorkerStage


async def last(stage: WorkerStage, event: str) -> AuditEntry:
    return [e for e in await stage.engine.housekeeping.tail(50) if e.event == event][-1]


def client(stage: WorkerStage) -> Client:
    (found,) = stage.engine.core.book.clients()
    return found


async def test_a_denial_is_counted_written_down_and_cut_where_it_is_too_long(timed: Timed) -> None:
    stage, hands = timed
    asked = await stage.ask(PretendLine())
    denied = await stage.deny(stage.session(), asked.request_id, "no" * 400)
    assert (denied.state, denied.decision, denied.outcome_code) == (State.DENIED, "deny", "denied")
    assert denied.outcome_text == "no" * 249 + "n\u2026"
    assert denied.decided_at == hands.now
    assert "panel" in denied.decided_by
    assert (client(stage).denied, client(stage).allowed) == (1, 0)
    entry = await last(stage, "denied")
    assert (entry.subject, entry.detail["client"]) == (asked.request_id, "notes")
    assert entry.detail["why"] == denied.outcome_text
    assert entry.detail["by"] == denied.decided_by


async def test_without_a_reason_it_still_says_something(timed: Timed) -> None:
    stage, _ = timed
    asked = await stage.ask(PretendLine())
    assert (await stage.deny(stage.session(), asked.request_id)).outcome_text == (
        "The person said no."
    )
    again = await stage.ask(PretendLine())
    with pytest.raises(WireError) as late:
        await stage.allow(stage.unlocked(), asked.request_id, proof=PIN)
    assert late.value.code is Code.ALREADY_DECIDED
    assert late.value.message.startswith("Already denied by panel")
    assert stage.request(again.request_id).state is State.PENDING


async def test_an_approval_is_counted_and_keeps_the_session_open(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    asked = await stage.ask(line)
    session = stage.unlocked()
    hands.pass_by(100)
    allowed = await stage.allow(session, asked.request_id, proof=PIN)
    hands.pass_by(IDLE - 50)
    assert session.unlocked
    assert (client(stage).allowed, client(stage).denied) == (1, 0)
    entry = await last(stage, "allowed")
    assert entry.detail["scopes"] == "User.Read"
    assert entry.detail["digest"] == allowed.digest
    assert entry.detail["remember"] == "once"


async def test_too_late_says_which_kind_of_late(timed: Timed) -> None:
    stage, hands = timed
    line = PretendLine()
    gone = await stage.ask(line)
    await stage.engine.asks.cancel(line, gone.request_id)
    with pytest.raises(WireError) as cancelled:
        await stage.allow(stage.unlocked(), gone.request_id, proof=PIN)
    assert cancelled.value.code is Code.CANCELLED
    assert cancelled.value.message == "The client cancelled it."
    asked = await stage.ask(PretendLine("other"))
    session = stage.unlocked()
    hands.pass_by(119.5)
    session.touch()
    hands.pass_by(0.5)
    with pytest.raises(WireError) as expired:
        await stage.allow(session, asked.request_id, proof=PIN)
    assert expired.value.code is Code.EXPIRED


async def test_three_wrong_codes_deny_and_count_as_a_refusal(timed: Timed) -> None:
    stage, _ = timed
    for _ in range(2):
        line = PretendLine(shows_code=True)
        asked = await stage.ask(line)
        wrong = "00" if asked.match_code != "00" else "01"
        said = []
        for _ in range(3):
            with pytest.raises(WireError) as refused:
                await stage.allow(stage.unlocked(), asked.request_id, proof=wrong)
            assert refused.value.code is Code.WRONG_CODE
            said.append(refused.value.hint)
        assert said == ["2 left.", "1 left.", ""]
        assert stage.request(asked.request_id).state is State.DENIED
        assert (await last(stage, "wrong_code")).subject == asked.request_id
    with pytest.raises(WireError) as rests:
        await stage.ask(PretendLine(shows_code=True))
    assert rests.value.code is Code.RESTING


async def test_without_a_proof_it_says_what_it_takes(timed: Timed) -> None:
    stage, _ = timed
    for shows_code, words in ((False, "the PIN"), (True, "the two digits")):
        asked = await stage.ask(PretendLine(f"p{shows_code}", shows_code=shows_code))
        with pytest.raises(WireError) as refused:
            await stage.allow(stage.unlocked(), asked.request_id)
        assert refused.value.code is Code.PROOF_REQUIRED
        assert words in refused.value.message
