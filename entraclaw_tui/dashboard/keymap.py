"""Keys that a person moved: which are taken, and why the others are not. Pure, without Textual.

Only the keys of the panes move. A sheet decides, and what its keys mean must not hang on a file
that any program of this account can write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from entraclaw_tui.dashboard.action import Action
from entraclaw_tui.dashboard.action_table import ACTIONS, PLACES

FIXED = frozenset({"pane", "open", "back", "help", "quit", "suspend", "unlock"})
"""Ways in and out that stay where everybody finds them."""
_EVERYWHERE = ("app", "list")
_PANES = frozenset(
    {"requests", "grants", "job", "keychain", "privacy", "tokens", "logs", *_EVERYWHERE}
)
_HABIT = frozenset({"enter", "space", "ctrl+m", "ctrl+j"})
"""What is pressed without a thought; ctrl+m and ctrl+j are Enter for a terminal."""
_ALIASES = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+h": "backspace"}
"""What a terminal cannot tell from another key."""
_NAMED = (
    r"(ctrl\+)?[a-z]|ctrl\+(up|down|left|right)|f([1-9]|1[0-2])|(shift\+)?tab|enter|space|"
    r"up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace"
)
_NAMES = r"\{([a-z_.]+)\}"
"""How a help text names the key of an action: `{requests.deny}`."""
# Textual names these signs otherwise than Unicode does.
_SIGNS = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


class Keymap(msgspec.Struct, frozen=True):
    """The first key of some actions, by id; any further keys of theirs stay."""

    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    """Why some were not taken, a sentence each."""

    def of(self, action: Action) -> Action:
        """Return an action with the keys that it has now; its help names those of others."""
        if first := self.keys.get(action.id):
            action = msgspec.structs.replace(action, keys=(first, *action.keys[1:]))
        if "{" in action.help:
            help = re.sub(_NAMES, lambda found: self.shown(found[1]), action.help)
            action = msgspec.structs.replace(action, help=help)
        return action

    def shown(self, id: str) -> str:
        """Return the first key of an action as a person reads it. Raises KeyError."""
        found = next((a for a in ACTIONS if a.id == id), None)
        if found is None:
            raise KeyError(id)
        key = self.keys.get(id, found.keys[0])
        return msgspec.structs.replace(found, keys=(key,)).shown


PLAIN = Keymap()
"""The keys as they are built in."""


def keymap(wanted: Mapping[str, object]) -> Keymap:
    """Return which of the wanted keys can be had: `{"requests.deny": "ctrl+d"}`."""
    known = {action.id: action for action in ACTIONS}
    taken: dict[str, str] = {}
    troubles: list[str] = []
    for id, value in wanted.items():
        key = named(value) if isinstance(value, str) else ""
        why = _refused(known.get(id), key)
        if why:
            troubles.append(f"{_name(id)} stays as it is: {why}")
        else:
            taken[id] = key
    # One that goes back to its old key may stand in the way of another: until nothing moves.
    while clash := _clash(taken):
        mine, other = clash
        key = taken.pop(mine.id)
        shown = msgspec.structs.replace(mine, keys=(key,)).shown
        troubles.append(f"{_name(mine.id)} stays as it is: {shown} is {other.id} already.")
    return Keymap(taken, tuple(troubles))


def named(typed: str) -> str:
    """Return the name of a key as it was typed, `/` or `ctrl+d`; empty where there is none."""
    if len(typed) == 1:
        if not (typed.isascii() and typed.isprintable()):
            return ""
        if typed == " ":
            return "space"
        if typed.isalnum():
            return typed
        name = unicodedata.name(typed).lower().replace("-", "_").replace(" ", "_")
        return _SIGNS.get(name, name)
    name = typed.strip().casefold()
    return _ALIASES.get(name, name) if re.fullmatch(_NAMED, name) else ""


def _refused(action: Action | None, key: str) -> str:
    if action is None:
        return "there is no action of that name."
    if action.where not in _PANES:
        return f"the keys of this place are fixed ({PLACES[action.where].lower()})."
    if action.id in FIXED or "{key}" in action.run:
        return "this key is fixed, so that everybody finds it."
    if not key:
        return "that is no key."
    if action.dangerous and key in _HABIT:
        return "it changes something, and Enter and Space are pressed by habit."
    return ""


def _clash(taken: Mapping[str, str]) -> tuple[Action, Action] | None:
    """Return an action that was moved onto a key of another, and that other."""
    now = Keymap(taken)
    here = [now.of(action) for action in ACTIONS if action.where in _PANES]
    for id in reversed(list(taken)):
        mine = next(action for action in here if action.id == id)
        for other in _beside(mine, here):
            if mine.keys[0] in other.keys:
                return mine, other
    return None


def _beside(mine: Action, all_: Iterable[Action]) -> Iterable[Action]:
    """Yield the actions that work in the same place."""
    for other in all_:
        together = mine.where == other.where or {mine.where, other.where} & {*_EVERYWHERE}
        if other.id != mine.id and together:
            yield other


def _name(id: str) -> str:
    return f'[keys] "{id[:60]}"'
