"""The gate under hostile hands, against a real engine; long forms run with the other faults."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from pathlib import Path

import pytest

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import State
from tests.support.fault_table import Rows
from tests.support.worker_stage import PIN, Hands, PretendLine, WorkerStage

DECIDERS = 8


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    """Run a check short with every test, and long with the faults."""
    marks = [pytest.param(short, id="short")]
    marks.append(pytest.param(long, id="long", marks=pytest.mark.fault))
    return pytest.mark.parametrize("rounds", marks)


async def code_of(step: Awaitable[object]) -> str:
    try:
        await step
    except WireError as error:
        return str(error.code)
    return "done"


@sizes(20, 1000)
async def test_eight_deciders_have_one_winner(folder: Path, table: Rows, rounds: int) -> None:
    stage = WorkerStage(folder)
    await stage.start()
    sessions = [stage.unlocked() for _ in range(DECIDERS)]
    winners = 0
    for number in range(rounds):
        line = PretendLine(f"c{number}", shows_code=False)
        asked = await stage.ask(line)
        seen = stage.request(asked.request_id)
        deny = [number % 2 == 0 or index % 2 == 0 for index in range(DECIDERS)]
        steps = [
            stage.engine.decisions.decide(
                session,
                Decide(seen.id, seen.digest, seen.revision, "deny" if no else "allow", proof=PIN),
            )
            for session, no in zip(sessions, deny, strict=True)
        ]
        codes = await asyncio.gather(*(code_of(step) for step in steps))
        assert codes.count("done") == 1, codes
        assert set(codes) == {"done", "already_decided"}
        winners += 1
        if stage.request(seen.id).decision == "allow":
            assert await stage.settled(line, seen.id) is State.READY
    table("requests with 8 deciders and one winner", winners, rounds)
    allowed = sum(r.decision == "allow" for r in stage.engine.core.book.requests())
    assert len(stage.exchange.wishes) >= allowed
    assert winners == rounds
    await stage.stop()


@sizes(60, 1000)
async def test_what_changed_since_it_was_shown_is_refused(
    folder: Path, table: Rows, rounds: int
) -> None:
    stage = WorkerStage(folder)
    await stage.start()
    chance = random.Random(14)
    session = stage.unlocked()
    asked = await stage.ask(PretendLine())
    other = await stage.ask(PretendLine("other"), "Mail.Send")
    stale = 0
    for _ in range(rounds):
        seen, swapped = stage.request(asked.request_id), stage.request(other.request_id)
        digest, revision = seen.digest, seen.revision
        match chance.randrange(3):
            case 0:
                digest = swapped.digest
            case 1:
                revision += chance.choice((-1, 1, 1000))
            case _:
                at = chance.randrange(len(digest))
                digest = digest[:at] + ("0" if digest[at] != "0" else "1") + digest[at + 1 :]
        decide = Decide(seen.id, digest, revision, "allow", proof=PIN)
        stale += await code_of(stage.engine.decisions.decide(session, decide)) == "stale_digest"
    table("decisions on what was not shown, refused", stale, rounds)
    assert stale == rounds
    assert stage.exchange.wishes == []
    await stage.stop()


@sizes(100, 10_000)
async def test_a_flood_leaves_five_and_rests(folder: Path, table: Rows, rounds: int) -> None:
    hands = Hands()
    stage = WorkerStage(folder, hands=hands)
    await stage.start()
    flood = PretendLine("flood")
    most = 0
    for number in range(rounds):
        await code_of(stage.ask(flood, f"Scope.Read{number}"))
        mine = [s for s in stage.engine.core.book.pending() if s.quota == flood.facts.quota]
        most = max(most, len(mine))
        hands.pass_by(60 / rounds)
    assert (await stage.ask(PretendLine("quiet"))).state is State.PENDING
    for stored in mine[:2]:
        await stage.deny(stage.session(), stored.request.id)
    with pytest.raises(WireError) as refused:
        await stage.ask(flood, "Another.Read", resource="https://vault.azure.net")
    table("requests of one flooding client that wait", most, "<= 5")
    assert most == 5
    assert refused.value.code is Code.RESTING
    assert 299 <= refused.value.retry_after <= 301
    await stage.stop()


@sizes(20_000, 1_000_000)
def test_no_line_brings_the_decoder_down(table: Rows, rounds: int) -> None:
    chance = random.Random(4)
    seed = framing.encode_call(
        1, "request.decide", Decide("r", "d", 1, "allow", proof="12")
    ).strip()
    odd = (b"[" * 3000, b"\x00", b"\xff\xfe", b'"\\ud800"', b"1e999", b"NaN", b"{}", b"null", b"")
    for _ in range(rounds):
        line = bytearray(seed)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(line) + 1)
            piece = chance.choice(odd) if chance.random() < 0.3 else chance.randbytes(1)
            line[at : at + chance.randrange(3)] = piece
        try:
            framing.decode_params(framing.decode_call(bytes(line)), Decide)
        except WireError:
            framing.call_id(bytes(line))
    table("mutated lines without a crash", rounds, rounds)
