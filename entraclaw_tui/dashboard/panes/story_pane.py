"""A pane with two levels below its facts: zoomed a list of chapters, and a page behind each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, fact, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import EnvironmentName

if TYPE_CHECKING:  # a story is imported when it is opened
    from entraclaw_tui.dashboard.job_story.chapter import Chapter, Look
    from entraclaw_tui.dashboard.key import Key

_TITLES = 13
"""Columns of a chapter's title in the list."""
_HEADED = 5
"""Rows from which on the head stays above what scrolls."""


class Told(msgspec.Struct, frozen=True):
    """One line of the pane."""

    id: str
    line: Line
    thing: Finding | EnvironmentName | None = None


class Level(msgspec.Struct, frozen=True):
    """Where a person was in the list of chapters, or on one page."""

    selected: str | None = None
    top: int = 0
    sought: str = ""


class StoryPane(ListPane[Told]):
    """Base of such panes. It keeps the place on each level, whatever comes between."""

    SELECTS = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._page = ""
        """The chapter whose page is open, or empty for the list of chapters."""
        self._levels: dict[str, Level] = {}
        self._below: tuple[object, list[Line]] = (None, [])
        self._told_in = 0
        """The columns that the lines were told in."""

    # -- what subclasses say

    def facts(self, width: int) -> list[Line]:
        """Return what is told beside the other panes."""
        raise NotImplementedError

    def head(self, width: int) -> Line:
        """Return the line that stays above chapters and pages."""
        raise NotImplementedError

    def chapters(self) -> Sequence[Chapter]:
        """Return the story's chapters."""
        raise NotImplementedError

    def at_a_glance(self) -> Iterable[Key[object]]:
        """Return the sources that the list of chapters asks."""
        raise NotImplementedError

    def look(self, width: int) -> Look:
        """Return what a chapter looks with."""
        raise NotImplementedError

    def put_away(self) -> None:
        """Hide what was shown for this place alone."""

    # -- the lines

    @property
    def selects(self) -> bool:
        """Return whether there is something to choose: a chapter, or a thing on its page."""
        return self.zoomed and (not self._page or any(row.thing for row in self._rows))

    def rows(self) -> Sequence[Told]:
        """Return the lines of where the person is."""
        self._told_in = self.room
        if not self.zoomed:
            lines = self.facts(max(20, self.room - 2))
            return [Told(f"line {n}", line) for n, line in enumerate(lines)]
        look = self.look(max(20, self.room - 2))
        opened = self._opened()
        if opened is None:
            return [
                Told(one.id, fact(one.title, *one.gist(look), room=_TITLES))
                for one in self.chapters()
            ]
        told = opened.page(look)
        return [Told(row.id or f"line {n}", row.line, row.thing) for n, row in enumerate(told)]

    def id_of(self, row: Told) -> str:
        """Return what tells a line from the others."""
        return row.id

    def paint(self, row: Told, width: int, now: float) -> Line:
        """Return the line."""
        return row.line

    def words(self, row: Told) -> str:
        """Return the line's text; lines of one thing pass a filter together.

        So a value that is shown is not looked through, and stays beside its name.
        """
        match row.thing:
            case None:
                return "".join(p.text for p in row.line)
            case Finding(sentence=sentence, explanation=why):
                return f"{sentence} {why}"
            case EnvironmentName(name=name, kind=kind):
                return f"{name} {kind}"

    def header(self, width: int) -> Line | None:
        """Return the head, above whatever is told."""
        if not self.zoomed or self.size.height < _HEADED:
            return None
        return (piece(" "), *self.head(width - 2))

    def tick(self) -> None:
        """Tell ages anew: they stand in the lines themselves."""
        self.reload()

    # -- the page of the chapter under the cursor, below the list

    def count(self) -> int:
        """Return how many lines there are, those below the list among them."""
        if self._told_in != self.room:
            # Before the first picture nobody knew the width; the lines depend on it.
            self.take_up()
        below = self._preview()
        return super().count() + (len(below) + 1 if below else 0)

    def line(self, index: int, width: int) -> Line:
        """Return one line."""
        under = index - len(self._rows) - 1
        if not self._rows or under < -1 or not (below := self._preview()):
            return super().line(index, width)
        return (piece("    "), *below[under]) if 0 <= under < len(below) else ()

    def index_at(self, y: int) -> int | None:
        """Return the row on a line of the view; those below the list are none."""
        index = super().index_at(y)
        return index if index is None or index < len(self._rows) else None

    def _preview(self) -> list[Line]:
        if not self.zoomed or self._page or not self._rows:
            return []
        wanted = (self._selected, self.room, self._rows)
        if self._below[0] != wanted:
            found = self._chapter(self._selected or "")
            look = self.look(max(20, self.room - 5))
            self._below = wanted, [row.line for row in (found.page(look) if found else [])]
        return self._below[1]

    # -- going deeper and back

    def reload(self) -> None:
        """Take up what the sources say, and ask those that are looked at now."""
        if not self.zoomed:
            self.put_away()
            self.desk.feeds.study.look_at(())
        else:
            opened = self._opened()
            keys = self.at_a_glance() if opened is None else opened.keys
            self.desk.feeds.study.look_at(keys)
        super().reload()

    def opens(self) -> bool:
        """Open the chapter under the cursor."""
        row = self.selected
        if row is not None and not self._page:
            self._turn(row.id)
        return self.zoomed

    def climb(self) -> bool:
        """Go back from a page to the list of chapters."""
        if not self._page:
            return False
        self._turn("")
        return True

    def trail(self) -> tuple[str, ...]:
        """Return the open chapter, for the title."""
        opened = self._opened() if self.zoomed else None
        return () if opened is None else (opened.title,)

    def _turn(self, page: str) -> None:
        """Go to a page, or to the list, as it was left."""
        self.put_away()
        self._levels[self._page] = Level(self._selected, self.top, self.sought)
        self._page = page
        level = self._levels.get(page, Level())
        self._selected, self.sought, self._index, self.top = level.selected, level.sought, 0, 0
        self.reload()
        self.top = level.top
        self._moved_at = float("-inf")  # the person went there, nothing came by itself
        if self.selects:
            self.show_row(self._index)
        self.repaint()
        self.post_message(self.Moved())

    def _opened(self) -> Chapter | None:
        return self._chapter(self._page) if self._page else None

    def _chapter(self, id: str) -> Chapter | None:
        return next((one for one in self.chapters() if one.id == id), None)
