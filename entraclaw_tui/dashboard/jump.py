"""Jump keys: one key puts a letter before each row on the screen, the letter goes there."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.dashboard.widgets.list_pane import ListPane

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.home import Home

_LETTERS = string.ascii_lowercase + string.ascii_uppercase


class Jump(msgspec.Struct):
    """While it is on, the next key goes to a row or a pane, or ends it."""

    home: Home
    targets: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    """By letter: the pane, and what tells its row from others."""

    @property
    def on(self) -> bool:
        """Whether the next key is for it."""
        return bool(self.targets)

    def begin(self) -> bool:
        """Put letters before the rows that can be seen; return whether there are any."""
        letters = iter(_LETTERS)
        for name, pane in self._panes():
            mine: dict[str, str] = {}
            for id in pane.in_sight():
                letter = next(letters, None)
                if letter is None:
                    break
                mine[id] = letter
                self.targets[letter] = (name, id)
            pane.letter(mine)
        return self.on

    def take(self, key: str) -> bool:
        """Go where a letter goes; return whether it went anywhere. It is off then."""
        target = self.targets.get(key)
        self.end()
        if target is None:
            return False
        name, id = target
        if name != self.home.active:
            self.home.go(name)
        pane = self.home.panes[name]
        return isinstance(pane, ListPane) and pane.select_id(id)

    def end(self) -> None:
        """Take the letters away."""
        self.targets.clear()
        for _, pane in self._panes():
            pane.letter({})

    def _panes(self) -> Iterable[tuple[str, ListPane[object]]]:
        """Yield the lists on the screen, the one in focus first."""
        panes = sorted(self.home.panes.items(), key=lambda item: item[0] != self.home.active)
        for name, pane in panes:
            if pane.display and isinstance(pane, ListPane):
                yield name, pane
