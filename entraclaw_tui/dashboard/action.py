"""What an action is: a key, its words, and what must hold for it to work."""

from __future__ import annotations

from enum import Enum, auto

import msgspec

UNLOCK_FIRST = "Unlock first: press u."
"""This key stays the same, in the panes and in the sheets."""


class Need(Enum):
    """What must hold for an action to work now."""

    WORKER = auto()
    """The worker is connected."""
    UNLOCKED = auto()
    """There is an open session to close."""
    LOCKED = auto()
    OPEN = auto()
    """It takes an open session."""
    ROW = auto()
    """A row is selected."""
    PENDING = auto()
    """The selected request still waits."""
    LIVE = auto()
    """The selected grant lives."""
    ANY_LIVE = auto()
    """Some grant lives."""


class Situation(msgspec.Struct, frozen=True):
    """What holds now, as far as keys ask. Whoever has no rows or grants leaves the defaults."""

    readonly: bool = False
    connected: bool = True
    absence: str = "The worker is not connected."
    """Why it is not connected, in a sentence."""
    unlocked: bool = False
    row: bool = True
    pending: bool = True
    live: bool = True
    any_live: bool = True


class Action(msgspec.Struct, frozen=True):
    """One thing a person can do by a key.

    `run` is what Textual runs (`action_...` of whoever holds the bindings); in it `{key}` stands
    for the pressed key; in `help` the id of an action in braces stands for its key, since keys can
    be moved. `dangerous` ones change something: `--readonly` takes them away.
    """

    id: str
    keys: tuple[str, ...]
    where: str
    label: str
    help: str
    run: str
    footer: bool = False
    dangerous: bool = False
    needs: tuple[Need, ...] = ()

    @property
    def shown(self) -> str:
        """The keys as a person reads them, `1-8` or `q ctrl+c`."""
        names = [_SHOWN.get(key, key) for key in self.keys]
        if len(names) > 2 and all(name.isdigit() for name in names):
            return f"{names[0]}-{names[-1]}"
        return " ".join(names)


_SHOWN = {
    "slash": "/",
    "full_stop": ".",
    "ampersand": "&",
    "space": "Space",
    "left": "\u2190",
    "right": "\u2192",
    "colon": ":",
    "question_mark": "?",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "up": "\u2191",
    "down": "\u2193",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "backspace": "Backspace",
    "digits": "0-9",
}
