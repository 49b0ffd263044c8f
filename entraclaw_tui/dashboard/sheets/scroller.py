"""Which rows of a longer text are visible, and which permissions have been."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard.lines import Line, Tone, piece


class Scroller:
    """A window of rows over lines. Rows count as seen once they were inside it."""

    def __init__(self, noun: str = "permission") -> None:
        self._noun = noun
        """What one part is called."""
        self._top = 0
        self._last_top = 0
        self._seen_rows: set[int] = set()
        self._layout: object = None
        self._seen: set[int] = set()

    def move(self, rows: int) -> None:
        """Scroll by some rows, as far as there are any."""
        self._top = max(0, min(self._top + rows, self._last_top))

    def unseen(self, count: int) -> int:
        """Return how many of `count` parts have not been visible whole."""
        return count - len(self._seen & set(range(count)))

    def window(self, lines: list[Line], parts: Sequence[range], rows: int) -> list[Line]:
        """Return what is visible in `rows` rows, the last telling of more where there is more.

        `parts` are the rows of the things that must be seen, one range each.
        """
        layout = (len(lines), tuple(parts), rows)
        if layout != self._layout:
            # Other wrapping: rows are not the same rows any more. What was seen whole stays seen.
            self._layout = layout
            self._seen_rows.clear()
        if len(lines) <= rows:
            self._top = self._last_top = 0
            self._seen.update(range(len(parts)))
            return lines
        page = max(1, rows - 1)
        self._last_top = len(lines) - page
        self._top = min(self._top, self._last_top)
        self._seen_rows.update(range(self._top, self._top + page))
        self._seen.update(n for n, part in enumerate(parts) if self._seen_rows.issuperset(part))
        return [*lines[self._top : self._top + page], self._more(len(lines), parts, page)]

    def _more(self, count: int, parts: Sequence[range], page: int) -> Line:
        below = count - self._top - page
        hidden = self.unseen(len(parts))
        if not below:
            return (piece(f"{self._top} rows above (k)", Tone.DIM),)
        words = f"{below} more below (j)"
        if hidden:
            what = f"1 {self._noun}" if hidden == 1 else f"{hidden} {self._noun}s"
            return (piece(f"{words}, {what} among them", Tone.LOOK),)
        return (piece(words, Tone.DIM),)
