"""What happens, line by line: every log of the agent in one order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.layout import plan
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.logs.frame import Standing, subtitle, title
from entraclaw_tui.dashboard.logs.log_sources import HISTORY
from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.logs.rows import BEFORE
from entraclaw_tui.dashboard.logs.sieve import LEVELS, Sieve
from entraclaw_tui.dashboard.logs.view import LogView
from entraclaw_tui.model.source import Empty, Loaded, Source
from entraclaw_tui.text import clean

if TYPE_CHECKING:
    from textual.content import Content

    from entraclaw_tui.dashboard.widgets.filter_input import Asks, FilterInput

_FURTHER = "further back: `entraclaw-tui logs --since 2h`."
_SIDEWAYS = 20
"""Columns by which long lines are moved."""


class LogsPane(LogView):
    """A ring of the last lines, painted where it is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list", "logs")]

    NAME = "logs"
    NUMBER = 8
    TITLE = "Logs"
    SHORT = "Logs"
    SELECTS = False

    class Wanted(Message):
        """Something is to be done that takes more than the pane."""

        def __init__(self, what: str, text: str = "", lines: tuple[Kept, ...] = ()) -> None:
            super().__init__()
            self.what = what
            """`copy`, `save`, `sources` or `zoom`."""
            self.text = text
            self.lines = lines

    # -- what a pane says

    def source(self) -> Source[object] | None:
        """Return that there are lines, or none yet; one that cannot be read says so in a line."""
        if self.ring.lines:
            return Loaded(None, self.desk.clock())
        return Empty("No line yet. What the worker, launchd and the audit say shows here.")

    def listed(self) -> tuple[int, int]:
        """Return how many lines are shown, and how many there are."""
        return len(self.passing), len(self.ring.lines)

    def reload(self) -> None:
        """Paint for what changed around the pane."""
        self.show()

    def tick(self) -> None:
        """Repaint what time has changed."""
        self.show()

    def nothing(self) -> str:
        """Return what to say where the switches leave nothing."""
        keys = self.desk.keys
        sources, levels = keys.shown("logs.sources"), keys.shown("logs.level")
        return f"No line passes the switches: {sources} for the sources, {levels} for the levels."

    def _title(self) -> Content:
        return title(f"{self.NUMBER} {self.TITLE}", self.passing.sieve, self.seeking.text)

    def _subtitle(self) -> Content:
        now = Standing(
            self.reading.following,
            self.reading.unseen,
            self.reading.cursor,
            len(self.passing),
            len(self.ring.lines),
            self.left,
            len(self.desk.feeds.logs.broken),
            self.desk.symbols.dot,
        )
        return subtitle(now, self.room - 4)

    def opens(self) -> bool:
        """Unfold the line under the cursor, or fold it again, where the pane has the window."""
        if not plan(*self.app.size, self.NAME, self.zoomed).tabs:
            return False
        kept = self.point()
        if kept is not None:
            self.unfolded ^= {id(kept)}
            self.stay()
        return True

    def widen(self) -> bool:
        """End the search, then the filter."""
        if self.seeking.text:
            self.seek("")
            return True
        return super().widen()

    # -- what is shown

    def filter(self, text: str) -> None:
        """Show only lines with this text; `!` before it turns it around."""
        if text != self.sought:
            self.sought = text
            self.sift(text=text)

    def sift(
        self,
        *,
        text: str | None = None,
        off: frozenset[str] | None = None,
        level: int | None = None,
    ) -> None:
        """Show what passes now; who reads stays at the line, or where its time is."""
        old = self.passing.sieve
        self.reading.before_sifting()
        self.passing.sift(
            Sieve(
                old.text if text is None else text,
                old.off if off is None else off,
                old.level if level is None else level,
            )
        )
        self.reading.after_sifting()
        self.stay()

    def seek(self, text: str) -> None:
        """Light up a text wherever it is."""
        self.seeking.text = text
        self.show()

    def first_hit(self) -> None:
        """Go to the nearest hit."""
        self._said(self.seeking.first(self.page))

    def go_to_time(self, text: str) -> None:
        """Go to the first line of a time or later."""
        self._said(self.seeking.to_time(text, self.desk.clock(), self.page))

    def _said(self, said: tuple[str, Tone] | None) -> None:
        self.show()
        if said is not None:
            self.post_message(self.Said(*said))

    # -- keys

    def action_follow(self) -> None:
        """Follow, or hold still."""
        if self.reading.following:
            self.point()
        else:
            self.reading.end()
        self.show()

    async def action_search(self) -> None:
        """Ask what to search for."""
        from entraclaw_tui.dashboard.logs.prompts import SearchInput

        await self._ask(SearchInput(self, self.seek, self.first_hit, self.seeking.last))

    async def action_time(self) -> None:
        """Ask which time to go to."""
        from entraclaw_tui.dashboard.logs.prompts import TimeInput

        await self._ask(TimeInput(self, self.go_to_time))

    async def _ask(self, bar: FilterInput) -> None:
        await cast("Asks", self.screen).ask(bar)

    def action_hit(self, step: int) -> None:
        """Go to the next hit, or the one before."""
        self._said(self.seeking.step(step, self.page))

    def action_level(self) -> None:
        """Show everything, warnings and errors, or errors alone."""
        level = (self.passing.sieve.level + 1) % len(LEVELS)
        self.sift(level=level)
        words = f"Only {LEVELS[level]} are shown." if level else "Every level is shown."
        self.post_message(self.Said(words, Tone.PLAIN))

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.wrapping = not self.wrapping
        self.left = 0
        self.stay()
        words = "Long lines wrap." if self.wrapping else "Long lines are cut."
        self.post_message(self.Said(words, Tone.PLAIN))

    def action_left(self) -> None:
        """See more of the start of long lines."""
        self._sideways(-_SIDEWAYS)

    def action_right(self) -> None:
        """See more of the end of long lines."""
        self._sideways(_SIDEWAYS)

    def _sideways(self, by: int) -> None:
        lengths = (len(self.passing.lines[p].log.message) for p, _ in self.rows_shown)
        longest = max(lengths, default=0)
        self.left = max(0, min(self.left + by, longest - (self.room - 2 - BEFORE) + _SIDEWAYS))
        self.repaint()

    def action_copy(self) -> None:
        """Copy the line under the cursor, as it was written."""
        kept = self.point()
        if kept is not None:
            self.post_message(self.Wanted("copy", clean(kept.log.raw or kept.log.message, 65_536)))

    def action_entry(self) -> None:
        """Show the audit entry under the cursor on a page of its own."""
        kept = self.point()
        if kept is None or kept.log.origin != "audit":
            self.post_message(self.Said("This line is no entry of the audit."))
        else:
            self.post_message(self.Wanted("entry", kept.log.raw))

    def action_save(self) -> None:
        """Save what is shown."""
        if len(self.passing):
            self.post_message(self.Wanted("save", lines=tuple(self.passing.lines)))
        else:
            self.post_message(self.Said("No line is shown: there is nothing to save."))

    def action_sources(self) -> None:
        """Switch logs on and off."""
        self.post_message(self.Wanted("sources"))

    def action_zoom(self) -> None:
        """Take the whole window, or give it back."""
        self.post_message(self.Wanted("zoom"))

    def action_cursor_down(self) -> None:
        """Go down a line."""
        self.reading.step(1, self.page)
        self.show()

    def action_cursor_up(self) -> None:
        """Go up a line."""
        self.reading.step(-1, self.page)
        self.show()

    def action_page_down(self) -> None:
        """Go down a page."""
        self.reading.turn(1, self.page)
        self.show()

    def action_page_up(self) -> None:
        """Go up a page."""
        self.reading.turn(-1, self.page)
        self.show()

    def action_scroll_bottom(self) -> None:
        """Go to the end and follow."""
        self.reading.end()
        self.show()

    def action_scroll_top(self) -> None:
        """Go to the first line and hold still; what is older is in the files."""
        self.reading.go(0, self.page)
        self.show()
        words = f"The last {HISTORY:,} of each log; {_FURTHER}"
        self.post_message(self.Said(words, Tone.PLAIN))

    def scroll_rows(self, rows: int) -> None:
        """Scroll by the wheel; at the end it follows, above it holds still."""
        self.reading.scroll(rows, self.page)
        self.show()

    def on_click(self, event: events.Click) -> None:
        """Hold still at the clicked line; a second click unfolds it."""
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= offset.y < len(self.rows_shown):
            return
        self.reading.go(self.rows_shown[offset.y][0], self.page)
        if event.chain == 2:
            self.opens()
        self.show()
