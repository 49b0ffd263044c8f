"""The panes' names with their counts, where one pane is shown at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message

from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece
from entraclaw_tui.dashboard.widgets.bar import Bar
from entraclaw_tui.dashboard.widgets.pane import Pane


class TabBar(Bar):
    """One tab a pane. Where not all fit, plain counts go first, then all names but one."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, panes: Sequence[Pane], active: Callable[[], str]) -> None:
        super().__init__(id="tabs")
        self._panes = panes
        self._active = active

    def line(self, index: int, width: int) -> Line:
        """Return the tabs."""
        return tuple(p for _, tab in self._tabs(width) for p in tab)

    def _tabs(self, width: int) -> list[tuple[str, Line]]:
        full = [(p.NAME, self._tab(p, named=True)) for p in self._panes]
        if sum(length(tab) for _, tab in full) <= width:
            return full
        close = [(p.NAME, self._tab(p, named=True, close=True)) for p in self._panes]
        if sum(length(tab) for _, tab in close) <= width:
            return close
        active = self._active()
        return [(p.NAME, self._tab(p, named=active == p.NAME)) for p in self._panes]

    def _tab(self, pane: Pane, *, named: bool, close: bool = False) -> Line:
        active = self._active() == pane.NAME
        label = f"{pane.NUMBER} {pane.SHORT}" if named else str(pane.NUMBER)
        badge = pane.badge()
        if active:
            count = f" {badge.text}" if badge is not None else ""
            return (piece(f" {label}{count} ", Tone.KEY),)
        wanted = badge is not None and not (close and badge.tone is Tone.DIM)
        mark = (piece(" "), badge) if badge is not None and wanted else ()
        return (
            Piece(piece(f" {label}").text, Tone.PLAIN if named else Tone.DIM),
            *mark,
            piece("" if close else " "),
        )

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked pane."""
        right = 0
        for name, tab in self._tabs(self.room):
            right += length(tab)
            if event.x < right:
                self.post_message(self.Chosen(name))
                return
