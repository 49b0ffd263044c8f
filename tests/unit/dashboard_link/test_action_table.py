from __future__ import annotations

import itertools

import pytest

from entraclaw_tui.dashboard.action import Need, Situation
from entraclaw_tui.dashboard.action_table import ACTIONS, PLACES
from entraclaw_tui.dashboard.actions import (
    action,
    actions,
    bindings,
    everywhere,
    reason_disabled,
    table,
)

TOGETHER = [
    ("app", "list", "requests"),
    ("app", "list", "grants"),
    ("request",),
    ("batch",),
    ("unlock",),
    ("reason",),
    ("confirm",),
    ("help",),
    ("sources",),
]


def test_ids_are_unique_and_every_place_is_known() -> None:
    ids = [found.id for found in ACTIONS]
    assert len(set(ids)) == len(ids)
    assert {found.where for found in ACTIONS} == set(PLACES)
    with pytest.raises(KeyError):
        actions("nowhere")
    with pytest.raises(KeyError):
        action("nothing")


@pytest.mark.parametrize("places", TOGETHER, ids="-".join)
def test_no_key_means_two_things_at_once(places: tuple[str, ...]) -> None:
    keys = list(itertools.chain.from_iterable(found.keys for found in actions(*places)))
    assert len(set(keys)) == len(keys)


def test_the_logs_take_the_search_key_from_everywhere_and_nothing_else() -> None:
    taken = {key for found in actions("logs") for key in found.keys}
    assert taken & {key for found in actions("app") for key in found.keys} == {"slash"}
    left = {found.id for found in actions("app")} - {found.id for found in everywhere("logs")}
    assert left == {"filter"}
    keys = [key for found in (*actions("logs"), *everywhere("logs")) for key in found.keys]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("key", ["enter", "space"])
def test_no_bare_enter_or_space_allows(key: str) -> None:
    allowing = {action("request.allow"), action("requests.allow"), action("confirm.yes")}
    assert not any(key in found.keys for found in allowing)


def test_bindings_carry_ids_words_and_the_pressed_key() -> None:
    made = bindings("app")
    assert [b.action for b in made[:7]] == [f"pane({n})" for n in range(1, 8)]
    assert made[0].key_display == "1-8"
    assert [b.show for b in made[:3]] == [True, False, False]
    assert all(b.id and b.tooltip and b.description for b in made)
    assert len({b.id for b in made}) == len(made)


def test_the_readme_table_names_every_action() -> None:
    lines = table().splitlines()
    assert len(lines) == len(ACTIONS) + 2
    assert "| Everywhere | `1-8` | Go to a pane by its number. |" in lines
    assert all(line.count("|") == 4 for line in lines)


def test_a_key_that_cannot_work_says_why() -> None:
    deny, revoke_all = action("requests.deny"), action("grants.revoke_all")
    assert reason_disabled(deny, Situation()) == ""
    assert "--readonly" in reason_disabled(deny, Situation(readonly=True))
    gone = Situation(connected=False, absence="The worker is not running.")
    assert reason_disabled(deny, gone) == "The worker is not running."
    assert "selected" in reason_disabled(deny, Situation(row=False))
    assert "is over" in reason_disabled(deny, Situation(pending=False))
    assert "No grant" in reason_disabled(revoke_all, Situation(any_live=False))
    assert "ended" in reason_disabled(action("grants.revoke"), Situation(live=False))
    assert "open already" in reason_disabled(action("unlock"), Situation(unlocked=True))
    assert "locked already" in reason_disabled(action("lock"), Situation())
    assert all(reason_disabled(found, Situation(unlocked=True)) == "" for found in ACTIONS[:7])


def test_every_need_is_asked_by_somebody() -> None:
    assert {need for found in ACTIONS for need in found.needs} == set(Need)
