"""Keys that a person moves: what is taken, and what is not with its cause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.dashboard.action_table import ACTIONS
from entraclaw_tui.dashboard.keymap import FIXED, keymap, named

IDS = [action.id for action in ACTIONS]
KEYS = ["d", "D", "r", "ctrl+d", "f5", "enter", "space", "/", "j", "x", "ctrl+m", "1", "q", "no"]


def test_a_key_moves() -> None:
    moved = keymap({"requests.deny": "ctrl+d", "refresh": "F5"})
    assert moved.keys == {"requests.deny": "ctrl+d", "refresh": "f5"}
    assert moved.troubles == ()
    assert moved.shown("requests.deny") == "ctrl+d"


@pytest.mark.parametrize(
    ("id", "key", "why"),
    [
        ("requests.deny", "r", "r is refresh already"),
        ("refresh", "d", "d is requests.deny already"),
        ("requests.deny", "j", "j is list.down already"),
        ("requests.deny", "enter", "pressed by habit"),
        ("requests.deny", "space", "pressed by habit"),
        ("grants.revoke", "ctrl+m", "pressed by habit"),
        ("request.allow", "x", "are fixed"),
        ("confirm.yes", "x", "are fixed"),
        ("quit", "x", "is fixed"),
        ("pane", "x", "is fixed"),
        ("requests.deny", "hyper+q", "that is no key"),
        ("requests.deny", "", "that is no key"),
        ("requests.dney", "x", "no action of that name"),
    ],
)
def test_what_is_not_taken_and_why(id: str, key: str, why: str) -> None:
    moved = keymap({id: key})
    assert moved.keys == {}
    (trouble,) = moved.troubles
    assert trouble.startswith(f'[keys] "{id}" stays as it is: ')
    assert why in trouble


def test_a_number_is_no_key() -> None:
    assert keymap({"requests.deny": 7}).keys == {}


def test_two_actions_may_change_places() -> None:
    moved = keymap({"requests.deny": "m", "requests.deny_reason": "d"})
    assert moved.keys == {"requests.deny": "m", "requests.deny_reason": "d"}


def test_who_goes_back_may_stand_in_the_way_of_another() -> None:
    moved = keymap({"requests.deny": "j", "requests.deny_reason": "d"})
    assert moved.keys == {}
    assert len(moved.troubles) == 2


@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from(KEYS) | st.text(max_size=8)))
def test_no_key_ever_means_two_things_and_none_is_lost(wanted: dict[str, str]) -> None:
    moved = keymap(wanted)
    assert len(moved.keys) + len(moved.troubles) == len(wanted)
    everywhere = ("app", "list")
    now = [moved.of(action) for action in ACTIONS]
    for mine in (action for action in now if action.id in moved.keys):
        assert mine.id not in FIXED
        assert not (mine.dangerous and mine.keys[0] in ("enter", "space"))
        for other in now:
            beside = other.where == mine.where or other.where in everywhere
            if other.id != mine.id and beside:
                assert mine.keys[0] not in other.keys


def test_no_two_actions_of_one_place_share_a_key() -> None:
    places = {action.where for action in ACTIONS}
    for place in places:
        keys = [key for action in ACTIONS if action.where == place for key in action.keys]
        assert len(keys) == len(set(keys)), place


@pytest.mark.parametrize("sign", list("/.,;:!?@#$%^&*()-_=+[]{}<>|~`'\"\\"))
def test_signs_are_named_as_textual_names_them(sign: str) -> None:
    from textual.keys import _character_to_key

    assert named(sign) == _character_to_key(sign)
