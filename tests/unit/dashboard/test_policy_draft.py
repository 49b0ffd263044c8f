"""A policy as a draft: each change is told, can be taken back, and survives what others save."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.policy_draft import (
    BUILT_IN,
    Kind,
    RuleTrouble,
    added,
    put_back,
    rebased,
    rules,
    stepped,
    worded,
)
from entraclaw_tui.model.consent import Remember, Tier
from entraclaw_tui.model.policy import MOST, Policy, changes

NAMES = ("Mail.Send", "Mail.Read", "https://graph.microsoft.com", "/usr/local/bin/notes")


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    some = st.lists(st.sampled_from(NAMES), unique=True).map(tuple)
    return Policy(
        raised=draw(
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from([Tier.MEDIUM, Tier.HIGH]))
        ),
        refused_scopes=draw(some),
        refused_resources=draw(some),
        once_scopes=draw(some),
        once_clients=draw(some),
        longest_remember=draw(st.sampled_from(list(Remember))),
        longest_wait=draw(st.sampled_from([10, 60, 300])),
        notice=draw(st.booleans()),
        dialog=draw(st.booleans()),
    )


def same(one: Policy, other: Policy) -> bool:
    return not changes(one, other)


def test_the_four_that_always_are_come_first_and_say_what_they_mean() -> None:
    found = rules(BUILT_IN, BUILT_IN)
    assert [rule.name for rule in found] == [
        "longest remembered",
        "longest wait",
        "notification",
        "dialog",
    ]
    assert all(rule.meaning and rule.value == rule.built_in for rule in found)
    assert worded(found[0].value) == "until lock"


def test_each_step_changes_a_value_and_past_the_last_comes_the_first() -> None:
    policy = BUILT_IN
    for name in ("longest remembered", "longest wait", "notification", "dialog"):
        for by in (1, -1):
            assert not same(stepped(BUILT_IN, name, by), BUILT_IN)
    assert stepped(policy, "longest remembered", 1).longest_remember is Remember.ONCE
    assert stepped(policy, "longest remembered", -1).longest_remember is Remember.HOUR
    waits = [policy := stepped(policy, "longest wait", 1) for _ in range(8)]
    assert [each.longest_wait for each in waits[-2:]] == [10, 300]
    assert stepped(policy, "dialog", 1).dialog
    odd = msgspec.structs.replace(BUILT_IN, longest_wait=77)
    assert stepped(odd, "longest wait", -1).longest_wait == 120


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_rule_shows_as_new_and_goes_again(kind: Kind) -> None:
    wished = added(BUILT_IN, kind, " Mail.Send ")
    (new,) = [rule for rule in rules(BUILT_IN, wished) if rule.changed]
    assert "Mail.Send" in new.name
    assert (new.stored, new.built_in) == ("", "")
    assert same(put_back(BUILT_IN, wished, new.name), BUILT_IN)


def test_a_stored_rule_that_was_taken_away_stays_listed_and_comes_back() -> None:
    stored = added(BUILT_IN, Kind.HIGH, "Files.Read")
    wished = put_back(stored, stored, "tier of Files.Read")
    (gone,) = [rule for rule in rules(stored, wished) if rule.changed]
    assert (gone.value, gone.stored) == ("", "high at least")
    assert same(put_back(stored, wished, gone.name), stored)


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        (Kind.REFUSE_SCOPE, "  ", "Type what"),
        (Kind.REFUSE_SCOPE, "Mail Send", "no name of a permission"),
        (Kind.HIGH, "Mail.Send\u202e", "no name of a permission"),
        (Kind.REFUSE_RESOURCE, "graph .com", "no name of a resource"),
        (Kind.ONCE_SCOPE, "Mail.Read", "already"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_reason(kind: Kind, name: str, why: str) -> None:
    policy = added(BUILT_IN, Kind.ONCE_SCOPE, "Mail.Read")
    with pytest.raises(RuleTrouble, match=why):
        added(policy, kind, name)


def test_no_more_rules_than_one_line_of_the_wire_holds() -> None:
    policy = BUILT_IN
    for number in range(MOST):
        policy = added(policy, Kind.REFUSE_SCOPE, f"Scope.{number}")
    with pytest.raises(RuleTrouble, match=f"At most {MOST}"):
        added(policy, Kind.REFUSE_SCOPE, "One.More")


@given(policies(), policies(), policies())
def test_a_draft_survives_what_somebody_else_saved(
    seen: Policy, wished: Policy, stored: Policy
) -> None:
    """What I changed is as I wished; all else is as it is stored now."""
    found = {name: value for name, _, value in changes(BUILT_IN, rebased(seen, wished, stored))}
    mine = {name for name, _, _ in changes(seen, wished)}
    wanted = {name: value for name, _, value in changes(BUILT_IN, wished) if name in mine}
    others = {name: value for name, _, value in changes(BUILT_IN, stored) if name not in mine}
    assert found == wanted | others


@given(policies(), policies())
def test_putting_everything_back_gives_what_is_built_in(stored: Policy, wished: Policy) -> None:
    for rule in rules(stored, wished):
        if rule.value != rule.built_in:
            wished = put_back(stored, wished, rule.name)
    assert same(wished, BUILT_IN)


@given(policies(), policies())
def test_putting_back_once_more_gives_what_is_stored(stored: Policy, wished: Policy) -> None:
    for rule in rules(stored, wished):
        if rule.value != rule.built_in:
            wished = put_back(stored, wished, rule.name)
        wished = put_back(stored, wished, rule.name)
    assert same(wished, stored)
