"""A pane of rows, with a selection that what arrives never moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

import msgspec
from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.sought import parse
from entraclaw_tui.dashboard.widgets.line_view import Lit
from entraclaw_tui.dashboard.widgets.row_keys import RowKeys

T = TypeVar("T")

HEADED = 4
"""Rows from which on a pane has one to spare for column titles."""
SETTLED = 0.5
"""Seconds for which a row that came under the cursor by itself takes no decision."""


class ListPane(RowKeys, Generic[T]):
    """Base of the panes that list things. A subclass says how one thing looks as a row."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows: list[T] = []
        self._notes: tuple[int, list[Line]] | None = None
        self._whole = 0
        self._selected: str | None = None
        self._index = 0
        self._moved_at = float("-inf")
        self._letters: dict[str, str] = {}
        self._left: str | None = None
        """The row that the cursor was on before a filter; None once the person moved it since."""

    # -- what subclasses say

    def rows(self) -> Sequence[T]:
        """Return what the pane lists, in an order in which new things come last."""
        raise NotImplementedError

    def id_of(self, row: T) -> str:
        """Return what tells a row from all others for as long as it exists."""
        raise NotImplementedError

    def paint(self, row: T, width: int, now: float) -> Line:
        """Return a row as a line of `width` columns."""
        raise NotImplementedError

    def words(self, row: T) -> str:
        """Return the text that a filter looks in."""
        return "".join(p.text for p in self.paint(row, 200, self.desk.clock()))

    def field(self, row: T, name: str) -> str:
        """Return the text of one of its FIELDS, for a filter that names it."""
        return ""

    def columns(self, width: int) -> Line | None:
        """Return the line of column titles, or None."""
        return None

    def leaves(self, row: T) -> bool:
        """Return whether the cursor does not go with a row to its new place."""
        return False

    def marks(self, row: T) -> bool:
        """Return whether a row is marked."""
        return False

    def details(self, row: T, now: float) -> list[Line]:
        """Return everything that is known of a row."""
        return []

    # -- taking up what the source says

    def reload(self) -> None:
        """Show the rows as they are now; the selected one stays selected, where it is."""
        self.take_up()
        self._show_anew()

    def take_up(self) -> None:
        """Take up the rows as they are now, and paint nothing."""
        whole = self.rows()
        self._whole = len(whole)
        passes = self._sieve()
        rows = [r for r in whole if passes(r)] if self.sought else list(whole)
        places = {self.id_of(row): place for place, row in enumerate(rows)}
        before = self._index
        self._rows = rows
        if self._selected in places and not self.leaves(rows[places[self._selected]]):
            self._index = places[self._selected]
        else:
            self._index = max(0, min(self._index, len(rows) - 1))
            self._selected = self.id_of(rows[self._index]) if rows else None
            self._moved_at = self.desk.clock()
        if rows and self.top:
            # Rows above came or went: keep the selected one on its line of the screen.
            self.top += self._index - before

    def _sieve(self) -> Callable[[T], bool]:
        sought = parse(self.sought, [name for name, _ in self.FIELDS])
        # What is marked stays in sight: it will be decided together with the rest.
        return lambda row: (
            self.marks(row) or sought.passes(self.words(row), lambda name: self.field(row, name))
        )

    def filter(self, text: str) -> None:
        """Show only rows with this text; the cursor comes back to its row once that is shown."""
        if text == self.sought:
            return
        before = self._selected
        self._left = self._left or before
        self._selected = self._left
        super().filter(text)
        if self._selected != before:
            self._moved_at = self.desk.clock()
        if not text:
            self._left = None
        self.show_row(self._index)
        self.repaint()
        self.post_message(self.Moved())

    def tick(self) -> None:
        """Repaint what time has changed."""
        self._show_anew()

    def _show_anew(self) -> None:
        self._notes = None
        self.dress()
        self.repaint()

    def listed(self) -> tuple[int, int]:
        """Return how many rows are listed, and how many there are without the filter."""
        return len(self._rows), self._whole

    # -- lines

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self._rows) or len(self.notes)

    @property
    def notes(self) -> list[Line]:
        """What stands in place of rows, wrapped for the width there is."""
        told = self._notes
        if told is None or told[0] != self.room:
            told = self._notes = self.room, self.state_lines()
        return told[1]

    def header(self, width: int) -> Line | None:
        """Return the column titles, indented like the rows."""
        tall = self.size.height >= HEADED and not self.desk.compact
        titles = self.columns(width - self._indent) if self._rows and tall else None
        return None if titles is None else (piece(" " * self._indent), *titles)

    def line(self, index: int, width: int) -> Line:
        """Return one row, with the cursor's sign before the selected one."""
        if not self._rows:
            return self.notes[index]
        painted = self.paint(self._rows[index], width - self._indent, self.desk.clock())
        if self.stale:
            painted = tuple(msgspec.structs.replace(p, tone=Tone.DIM) for p in painted)
        sign = self.desk.symbols.cursor if self.lit(index) is Lit.CURSOR else ""
        if self.marks(self._rows[index]):
            sign += self.desk.symbols.mark
        if letter := self._letters.get(self.id_of(self._rows[index])):
            return (piece(letter, Tone.KEY), piece(" " * (self._indent - 1)), *painted)
        return (piece(sign.ljust(self._indent)), *painted)

    def lit(self, index: int) -> Lit:
        """Return whether the cursor is on a row."""
        if not self._rows or not self.selects or index != self._index:
            return Lit.NO
        return Lit.CURSOR if self.has_focus else Lit.AWAY

    @property
    def _indent(self) -> int:
        return 2 if self.selects else 1

    # -- jump keys

    def in_sight(self) -> list[str]:
        """Return what tells the rows on the screen from others, from above."""
        if not self.selects:
            return []
        return [self.id_of(row) for row in self._rows[self.top : self.top + self.page]]

    def letter(self, letters: dict[str, str]) -> None:
        """Put these letters before rows, by what tells the rows from others."""
        self._letters = letters
        self.repaint()

    def select_id(self, id: str) -> bool:
        """Move the cursor to a row; return whether it is still there."""
        index = next((n for n, row in enumerate(self._rows) if self.id_of(row) == id), None)
        if index is not None:
            self.select(index)
        return index is not None

    # -- selection

    @property
    def selected(self) -> T | None:
        """The selected row."""
        return self._rows[self._index] if self._rows and self.selects else None

    @property
    def settled(self) -> bool:
        """Whether the selected row has been there long enough to be meant."""
        return not 0 <= self.desk.clock() - self._moved_at < SETTLED

    def select(self, index: int) -> None:
        """Move the cursor to a row."""
        if not self._rows:
            return
        self._index = max(0, min(index, len(self._rows) - 1))
        self._selected = self.id_of(self._rows[self._index])
        self._left = None
        self._moved_at = float("-inf")
        self.show_row(self._index)
        self.repaint()
        self.post_message(self.Moved())

    def inspect(self) -> Callable[[], list[Line]] | None:
        """Return what tells everything about the selected row, as it was selected."""
        row = self.selected
        if row is None or not self.details(row, self.desk.clock()):
            return None
        return lambda: self.details(row, self.desk.clock())

    def situation(self) -> Situation:
        """Return what holds now, for this pane's keys."""
        return msgspec.structs.replace(super().situation(), row=self.selected is not None)

    def meant(self, id: str) -> T | None:
        """Return the selected row where action `id` may be done to it; else say why not."""
        if not self.may(id) or self.selected is None:
            return None
        if not self.settled:
            self.post_message(self.Said("This row just came under the cursor. Press it again."))
            return None
        return self.selected

    def step(self, rows: int) -> None:
        """Move by some rows; where nothing can be selected, scroll."""
        if self.selects and self._rows:
            self.select(self._index + rows)
        else:
            self.scroll_rows(rows)

    # -- events

    def on_mount(self) -> None:
        """Show what the source has said already."""
        self.reload()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.repaint()

    def on_blur(self) -> None:
        """Show the cursor as away."""
        self.repaint()

    def on_resize(self) -> None:
        """Wrap the words of a state anew."""
        self.tick()

    def on_click(self, event: events.Click) -> None:
        """Select the clicked row; a second click opens it."""
        offset = event.get_content_offset(self)
        index = self.index_at(offset.y) if offset is not None else None
        if index is None or not self._rows or not self.selects:
            return
        self.select(index)
        if event.chain == 2:
            self.post_message(self.Opened())
