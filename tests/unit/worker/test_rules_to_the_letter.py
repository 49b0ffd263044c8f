"""The rules that decide, number by number and step by step, as DESIGN says them."""

from __future__ import annotations

import dataclasses
from itertools import product

import msgspec
import pytest

from entraclaw_tui.model.consent import AuditEntry, Proof, Remember, State, Tier
from entraclaw_tui.worker import chain, policy
from entraclaw_tui.worker.states import IllegalMove, move
from tests.support.sheet_stage import asked

STEPS = {
    State.PENDING: {State.APPROVED, State.DENIED, State.EXPIRED, State.CANCELLED},
    State.APPROVED: {
        State.EXCHANGING, State.FAILED, State.EXPIRED, State.CANCELLED, State.DENIED,
    },
    State.EXCHANGING: {
        State.EXCHANGING, State.READY, State.FAILED, State.EXPIRED, State.CANCELLED,
    },
    State.READY: {
        State.EXCHANGING, State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED,
    },
}  # fmt: skip


def test_how_long_an_approval_counts() -> None:
    assert policy.REMEMBER_SECONDS == {
        Remember.QUARTER: 900.0,
        Remember.HOUR: 3600.0,
        Remember.UNTIL_LOCK: 43_200.0,
    }
    assert policy.LONG_LIVED == 900.0


@pytest.mark.parametrize(
    ("tier", "shows_code", "proof"),
    [
        (Tier.LOW, False, Proof.KEY),
        (Tier.LOW, True, Proof.KEY),
        (Tier.MEDIUM, True, Proof.CODE),
        (Tier.MEDIUM, False, Proof.PIN),
        (Tier.HIGH, True, Proof.PIN),
        (Tier.HIGH, False, Proof.PIN),
    ],
)
def test_what_each_tier_takes(tier: Tier, shows_code: bool, proof: Proof) -> None:
    assert policy.proof_of(tier, shows_code) is proof
    assert policy.proof_here(proof, injectable=False) is proof
    assert policy.proof_here(proof, injectable=True) is Proof.PIN


def test_a_new_client_counts_one_tier_higher() -> None:
    def tier(*names: str, new: bool) -> Tier:
        return policy.judge(names, new_client=new, shows_code=False, over_ssh=False).tier

    assert tier("User.Read", new=False) is Tier.LOW
    assert tier("User.Read", new=True) is Tier.MEDIUM
    assert tier("User.Read", "Mail.Send", new=False) is Tier.HIGH
    assert tier("Mail.Send", new=True) is Tier.HIGH
    assert tier(new=False) is Tier.HIGH


def test_what_is_remembered_where() -> None:
    def offered(name: str, over_ssh: bool) -> tuple[Remember, ...]:
        verdict = policy.judge((name,), new_client=False, shows_code=False, over_ssh=over_ssh)
        return verdict.remember

    some = (Remember.ONCE, Remember.QUARTER, Remember.HOUR)
    assert offered("User.Read", over_ssh=False) == (*some, Remember.UNTIL_LOCK)
    assert offered("User.Read", over_ssh=True) == some
    assert offered("Mail.Send", over_ssh=False) == (Remember.ONCE,)


def test_a_verdict_cannot_be_changed() -> None:
    verdict = policy.judge(("User.Read",), new_client=False, shows_code=False, over_ssh=False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.tier = Tier.LOW  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize(("begin", "to"), list(product(State, State)))
def test_no_step_but_those_of_the_table(begin: State, to: State) -> None:
    request = msgspec.structs.replace(asked("r1"), state=begin, revision=7)
    if to in STEPS.get(begin, set()):
        moved = move(request, to)
        assert (moved.state, moved.revision) == (to, 8)
    else:
        with pytest.raises(IllegalMove, match=f"r1 is {begin}, it cannot become {to}") as refused:
            move(request, to)
        assert refused.value.request is request


def test_a_step_keeps_what_was_said_unless_it_says_more() -> None:
    request = move(
        msgspec.structs.replace(asked("r1"), state=State.EXCHANGING),
        State.READY, code="a", text="b", claims="c",
    )  # fmt: skip
    assert (request.outcome_code, request.outcome_text, request.outcome_claims) == ("a", "b", "c")
    kept = move(request, State.DELIVERED)
    assert (kept.outcome_code, kept.outcome_text, kept.outcome_claims) == ("a", "b", "c")
    said = move(request, State.FAILED, code="x", text="y", claims="z")
    assert (said.outcome_code, said.outcome_text, said.outcome_claims) == ("x", "y", "z")


def linked(count: int) -> list[AuditEntry]:
    before, entries = chain.START, []
    for seq in range(1, count + 1):
        entries.append(chain.link(b"k" * 32, before, seq, float(seq), "asked", "r", {}))
        before = entries[-1].chain
    return entries


def test_a_whole_chain_is_whole_and_its_newest_is_known() -> None:
    entries = linked(3)
    check = chain.Check(b"k" * 32)
    assert (check.seq, check.entries, check.newest) == (0, 0, chain.START)
    check.take(entries)
    assert (check.seq, check.entries, check.problem) == (3, 3, "")
    assert check.newest == entries[-1].chain


def test_the_first_break_is_named_and_nothing_after_it_counts() -> None:
    entries = linked(4)
    missing = chain.Check(b"k" * 32)
    missing.take([entries[0], entries[2], entries[3]])
    assert missing.problem == "Entry 2 is missing."
    missing.take(entries[1:])
    assert (missing.seq, missing.entries) == (1, 1)
    changed = chain.Check(b"k" * 32)
    changed.take([entries[0], msgspec.structs.replace(entries[1], subject="other"), *entries[2:]])
    assert changed.problem == "Entry 2 was changed, or the one before it."
    assert (changed.seq, changed.newest) == (1, entries[0].chain)
