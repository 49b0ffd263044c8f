"""The keys that work now. What does not fit is counted, never cut in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from textual import events
from textual.message import Message

from entraclaw_tui.dashboard.action import Action
from entraclaw_tui.dashboard.actions import everywhere, own
from entraclaw_tui.dashboard.lines import Line, Tone, length, piece
from entraclaw_tui.dashboard.widgets.bar import Bar
from entraclaw_tui.dashboard.widgets.pane import Pane

_LAST = "help"


class KeyFooter(Bar):
    """The keys of the pane in focus, then those that work anywhere; help always stays."""

    class Pressed(Message):
        """A key was clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, active: Callable[[], Pane]) -> None:
        super().__init__(id="keys")
        self._active = active
        self._typing: tuple[tuple[str, str], ...] = ()

    def typing(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show the keys of what is typed in, with their labels; none once nothing is."""
        self._typing = keys
        self.repaint()

    def line(self, index: int, width: int) -> Line:
        """Return the keys; none while a sheet, which shows its own, lies over them."""
        if not self.screen.is_active:
            return ()
        if self._typing:
            return (piece(" "), *(p for key, label in self._typing for p in _cap(key, label)))
        keys, last, more = self._fitting(width)
        line = tuple(p for action in (*keys, *last) for p in _key(action))
        return (piece(" "), *line, piece(more, Tone.DIM)) if more else (piece(" "), *line)

    def _fitting(self, width: int) -> tuple[list[Action], list[Action], str]:
        """Return the keys that fit, the one that always stays, and how many did not fit."""
        shown = self._working()
        last = [a for a in shown if a.id == _LAST]
        keys = [a for a in shown if a.id != _LAST]
        kept = list(keys)
        while kept and _size([*kept, *last]) + len(_more(keys, kept)) > width:
            kept.pop()
        return kept, last, _more(keys, kept)

    def on_click(self, event: events.Click) -> None:
        """Press the clicked key. Where one of several is meant, or text is typed, nothing is."""
        if self._typing or not self.screen.is_active:
            return
        kept, last, _ = self._fitting(self.room)
        right = 1
        for action in (*kept, *last):
            right += length(_key(action))
            if 1 <= event.x < right:
                if "{key}" not in action.run:
                    self.post_message(self.Pressed(action))
                return

    def _working(self) -> list[Action]:
        pane = self._active()
        anywhere = [a for a in everywhere(pane.NAME) if a.footer or a.id == "back"]
        own_keys = [a for a in own(pane.NAME) if a.footer]
        first = [a for a in anywhere if a.id in ("open", "back")]
        rest = [a for a in anywhere if a.id not in ("open", "back")]
        working = (a for a in (*first, *own_keys, *rest) if not pane.refusal(a) and pane.offers(a))
        named = (msgspec.structs.replace(a, label=pane.label(a)) for a in working)
        return [pane.desk.keys.of(a) for a in named]


def _key(action: Action) -> Line:
    name = action.shown if action.id != "palette" else action.shown.partition(" ")[0]
    return _cap(name, action.label)


def _cap(name: str, label: str) -> Line:
    return (piece(f" {name} ", Tone.KEY), piece(f" {label}  "))


def _size(keys: Sequence[Action]) -> int:
    return 1 + sum(length(_key(key)) for key in keys)


def _more(keys: Sequence[Action], kept: Sequence[Action]) -> str:
    hidden = len(keys) - len(kept)
    return f"+{hidden}" if hidden else ""
