"""What is wrong, the worst first: a sentence each, in at most two lines; Enter tells why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from entraclaw_tui.dashboard import concerns
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.key import FINDINGS
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.widgets.line_view import Lit
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean, shorten

MOST_LINES = 2
_HINT = "Enter: why, and repair"


class Told(msgspec.Struct, frozen=True):
    """One line of a finding's sentence."""

    finding: Finding
    number: int
    """0 for the line that has the sign."""
    last: bool
    text: Shown


class FindingsPane(ListPane[Told]):
    """A row is a line of a sentence; the cursor goes from finding to finding."""

    NAME = "findings"
    NUMBER = 2
    TITLE = "Findings"
    SHORT = "Findings"

    def source(self) -> Source[tuple[Finding, ...]] | None:
        """Return what was found."""
        return self.desk.store.get(FINDINGS)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, the worst first."""
        return value_of(self.source()) or ()

    def rows(self) -> Sequence[Told]:
        """Return the sentences as lines for the width there is."""
        return [told for finding in self.findings for told in self._lines(finding)]

    def _lines(self, finding: Finding) -> list[Told]:
        width = max(10, self.room - self._indent - 2)
        parts = wrap(clean(finding.sentence, 400), width)
        if len(parts) > MOST_LINES:
            rest = Shown(" ".join(parts[MOST_LINES - 1 :]))
            parts = [*parts[: MOST_LINES - 1], shorten(rest, width)]
        last = len(parts) - 1
        return [Told(finding, n, n == last, text) for n, text in enumerate(parts)]

    def id_of(self, row: Told) -> str:
        """Return the finding, by what it says, and the line of it."""
        return f"{_id(row.finding)}\0{row.number}"

    def paint(self, row: Told, width: int, now: float) -> Line:
        """Return the sign and the sentence; below the cursor the key that tells more."""
        bad = row.finding.severity
        sign = concerns.sign(bad, self.desk.symbols)
        line = (sign if row.number == 0 else piece(" "), piece(" "), Piece(row.text))
        gap = width - length(line) - len(_HINT)
        if not row.last or gap < 2 or row.finding is not self._finding:
            return line
        return (*line, piece(" " * gap), piece(_HINT, Tone.DIM))

    def words(self, row: Told) -> str:
        """Return the whole sentence: a finding is shown whole or not at all."""
        return f"{row.finding.severity.value} {clean(row.finding.sentence, 400)}"

    def listed(self) -> tuple[int, int]:
        """Return how many findings are listed, and how many there are."""
        return sum(row.number == 0 for row in self._rows), len(self.findings)

    def subtitle(self) -> tuple[Piece, ...]:
        """Return how many there are of each kind."""
        bad = concerns.worst(self.findings)
        if bad is None:
            return ()
        return (Piece(concerns.how_many(self.findings), concerns.tone(bad)),)

    def badge(self) -> Piece | None:
        """Return how many want somebody, with the sign of the worst."""
        told = concerns.counted(self.findings)
        bad = concerns.worst(told)
        if bad is None:
            return None
        sign = concerns.sign(bad, self.desk.symbols)
        return Piece(Shown(f"{len(told)}{sign.text}"), sign.tone)

    def in_sight(self) -> list[str]:
        """Return the findings whose first line is on the screen."""
        return [id for id in super().in_sight() if id.endswith("\0" + "0")]

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "Nothing is wrong that can be seen from here."

    # -- the cursor: on every line of a finding at once

    @property
    def _finding(self) -> Finding | None:
        return self._rows[self._index].finding if self._rows else None

    @property
    def chosen(self) -> Finding | None:
        """The finding under the cursor."""
        return self._finding

    def lit(self, index: int) -> Lit:
        """Return whether the cursor is on the finding that a line belongs to."""
        if not self._rows or self._rows[index].finding is not self._finding:
            return Lit.NO
        return Lit.CURSOR if self.has_focus else Lit.AWAY

    def line(self, index: int, width: int) -> Line:
        """Return one line, with the cursor's sign before the first of the selected finding."""
        painted = super().line(index, width)
        if self._rows and self._rows[index].number:
            return (piece(" " * self._indent), *painted[1:])
        return painted

    def select(self, index: int) -> None:
        """Move the cursor to the finding that a line belongs to, and show all of it."""
        index = max(0, min(index, len(self._rows) - 1))
        super().select(index - self._rows[index].number if self._rows else 0)
        if self._rows:
            self.show_row(self._index + self._span(self._index) - 1)
            self.show_row(self._index)
            self.repaint()

    def step(self, rows: int) -> None:
        """Move by some findings."""
        if not self._rows:
            self.scroll_rows(rows)
            return
        starts = [n for n, row in enumerate(self._rows) if row.number == 0]
        at = starts.index(self._index - self._rows[self._index].number)
        self.select(starts[max(0, min(at + rows, len(starts) - 1))])

    def _span(self, start: int) -> int:
        finding = self._rows[start].finding
        return sum(row.finding is finding for row in self._rows[start : start + MOST_LINES])

    def situation(self) -> Situation:
        """Return what holds now, for this pane's keys."""
        return msgspec.structs.replace(super().situation(), row=self._finding is not None)

    def inspect(self) -> Callable[[], list[Line]] | None:
        """Return nothing: a finding has a sheet of its own."""
        return None

    def on_resize(self) -> None:
        """Wrap the sentences anew."""
        self.reload()


def _id(finding: Finding) -> str:
    return f"{finding.id}\0{finding.sentence}"
