"""Is the background job alive, and if not, why: a few facts, and its whole story when zoomed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard.action import Action
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import JOB, USAGE
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.dashboard.panes import job_facts
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import EnvironmentName, Job
from entraclaw_tui.model.source import Failed, Source, value_of
from entraclaw_tui.text import clean

if TYPE_CHECKING:  # the story is imported when it is opened
    from entraclaw_tui.dashboard.job_story.chapter import Chapter, Look
    from entraclaw_tui.macos.hidden import Hidden

_TITLES = 13
"""Columns of a chapter's title in the list."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the pane."""

    id: str
    line: Line
    thing: Finding | EnvironmentName | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Where a person was in the list of chapters, or on one page."""

    selected: str | None = None
    top: int = 0
    sought: str = ""


class JobPane(ListPane[Told]):
    """Facts beside the other panes; zoomed a list of chapters, each with a page of its own."""

    NAME = "job"
    NUMBER = 4
    TITLE = "Job"
    SHORT = "Job"
    SELECTS = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("job")]

    class FindingWanted(Message):
        """A finding is to be told in full."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._page = ""
        """The chapter whose page is open, or empty for the list of chapters."""
        self._levels: dict[str, Level] = {}
        self._asked = ""
        self._revealed: tuple[str, Hidden] | None = None
        self._below: tuple[object, list[Line]] = (None, [])

    # -- what it shows

    def source(self) -> Source[Job] | None:
        """Return the job as launchd tells it."""
        return self.desk.store.get(JOB)

    @property
    def selects(self) -> bool:
        """Return whether there is something to choose: a chapter, or a thing on its page."""
        return self.zoomed and (not self._page or any(row.thing for row in self._rows))

    def rows(self) -> Sequence[Told]:
        """Return the lines of where the person is."""
        if self.zoomed:
            return self._page_rows() if self._page else self._chapter_rows()
        job = value_of(self.source())
        if job is None:
            return []
        usage = value_of(self.desk.store.get(USAGE)) if job.alive else None
        lines = job_facts.facts(self.desk, job, usage, max(20, self.room - 2))
        return [Told(str(n), line) for n, line in enumerate(lines)]

    def _chapter_rows(self) -> list[Told]:
        from entraclaw_tui.dashboard.job_story.table import CHAPTERS

        look = self._look(2)
        return [Told(one.id, fact(one.title, *one.gist(look), room=_TITLES)) for one in CHAPTERS]

    def _page_rows(self) -> list[Told]:
        opened = self._opened()
        told = opened.page(self._look(2)) if opened is not None else []
        return [Told(row.id or f"line {n}", row.line, row.thing) for n, row in enumerate(told)]

    def _opened(self) -> Chapter | None:
        from entraclaw_tui.dashboard.job_story.table import chapter

        return chapter(self._page)

    def _look(self, margin: int) -> Look:
        from entraclaw_tui.dashboard.job_story.chapter import Look

        width = max(20, self.room - margin)
        return Look(self.desk, width, self.desk.clock(), self._revealed, self._asked)

    def id_of(self, row: Told) -> str:
        """Return what tells a line from the others."""
        return row.id

    def paint(self, row: Told, width: int, now: float) -> Line:
        """Return the line."""
        return row.line

    def words(self, row: Told) -> str:
        """Return the line's text; a value that is shown is not looked through."""
        return "".join(p.text for p in row.line if p.tone is not Tone.ACCENT)

    def header(self, width: int) -> Line | None:
        """Return how the job is, above whatever is told of it."""
        if not self.zoomed or self.size.height < 5:
            return None
        return (piece(" "), *job_facts.head(self.desk, value_of(self.source()), width - 2))

    # -- the page of the chapter under the cursor, below the list

    def count(self) -> int:
        """Return how many lines there are, those below the list among them."""
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
            from entraclaw_tui.dashboard.job_story.table import chapter

            found = chapter(self._selected or "")
            told = found.page(self._look(5)) if found is not None else []
            self._below = wanted, [row.line for row in told]
        return self._below[1]

    # -- going deeper and back

    def reload(self) -> None:
        """Take up what the sources say, and ask those that are looked at now."""
        if not self.zoomed:
            self._forget()
        self._ask()
        super().reload()

    def tick(self) -> None:
        """Tell ages anew: they stand in the lines themselves."""
        self._rows = [row for row in self.rows() if self.passes(self.words(row))]
        super().tick()

    def _ask(self) -> None:
        if not self.zoomed:
            self.desk.feeds.study.look_at(())
            return
        from entraclaw_tui.dashboard.job_story.table import AT_A_GLANCE

        opened = self._opened()
        self.desk.feeds.study.look_at(AT_A_GLANCE if opened is None else opened.keys)

    def opens(self) -> bool:
        """Open the chapter under the cursor, or the finding on its page."""
        row = self.selected
        if not self.zoomed:
            return False
        if row is not None and isinstance(row.thing, Finding):
            self.post_message(self.FindingWanted(row.thing))
        elif row is not None and not self._page:
            self._go(row.id)
        return True

    def climb(self) -> bool:
        """Go back from a page to the list of chapters."""
        if not self._page:
            return False
        self._go("")
        return True

    def _go(self, page: str) -> None:
        self._levels[self._page] = Level(self._selected, self.top, self.sought)
        self._page = page
        self._forget()
        level = self._levels.get(page, Level())
        self._selected, self.sought, self._index, self.top = level.selected, level.sought, 0, 0
        self.reload()
        self.top = level.top
        self._moved_at = float("-inf")  # the person went there, nothing came by itself
        if self.selects:
            self.show_row(self._index)
        self.repaint()
        self.post_message(self.Moved())

    def trail(self) -> tuple[str, ...]:
        """Return the open chapter, for the title."""
        opened = self._opened() if self.zoomed and self._page else None
        return () if opened is None else (opened.title,)

    def select(self, index: int) -> None:
        """Move the cursor; what was asked for was asked of the row before."""
        if self._asked:
            self._asked = ""
            self.tick()
        super().select(index)

    # -- one value, for this view only

    async def action_reveal(self) -> None:
        """Show the selected value after a second press; hide it at a third."""
        row = self.selected
        if row is None or not isinstance(row.thing, EnvironmentName):
            self.post_message(self.Said("It shows a value where a variable is selected."))
            return
        if self.meant("job.reveal") is None:
            return
        from entraclaw_tui.dashboard.job_story.environment import row_id

        own = row_id(row.thing)
        if self._revealed is not None and self._revealed[0] == own:
            self._forget()
        elif self._asked != own:
            self._forget()
            self._asked = own
            self.post_message(self.Said("It may be a secret. v once more shows it, here alone."))
        else:
            found = await self.desk.feeds.job_story.value(row.thing)
            # Meanwhile the person may have gone elsewhere: then nothing is shown.
            if self._asked == own and self.has_focus:
                self._forget()
                self._show(own, found)
        self.reload()

    def _show(self, own: str, found: Hidden | Failed) -> None:
        if isinstance(found, Failed):
            self.post_message(self.Said(clean(found.reason), Tone.BAD))
        else:
            self._revealed = own, found
            self.post_message(
                self.Said("It shows here alone, until you look elsewhere.", Tone.PLAIN)
            )

    def _forget(self) -> None:
        if self._revealed is not None and (self._selected or "").startswith(self._revealed[0]):
            self._selected = self._revealed[0]  # the lines that a long value took are gone
        self._revealed, self._asked = None, ""

    def looked_away(self) -> None:
        """Hide what was shown: the person looks elsewhere."""
        if self._revealed or self._asked:
            self._forget()
            self.reload()

    def on_blur(self) -> None:
        """Hide what was shown: another pane has the keys."""
        self.looked_away()

    def on_mount(self) -> None:
        """Hide what was shown when the panel goes to the shell."""
        self.app.app_suspend_signal.subscribe(self, lambda _: self.looked_away())

    # -- what is asked on a person's wish alone

    def action_login_items(self) -> None:
        """Ask Login Items about the job."""
        from entraclaw_tui.dashboard.job_keys import LOGIN_ITEMS

        if not self.may("job.login_items"):
            return

        async def ask() -> None:
            feeds = self.desk.feeds
            await feeds.study.once(LOGIN_ITEMS, feeds.job_story.login_items)
            self.reload()

        self.post_message(self.Said("Asking Login Items; macOS may want a password.", Tone.PLAIN))
        self.run_worker(ask(), exit_on_error=False)
        self.call_after_refresh(self.reload)

    # -- frame and keys

    def subtitle(self) -> tuple[Piece, ...]:
        """Return the domain."""
        job = value_of(self.source())
        return (Piece(clean(job.domain), Tone.DIM),) if job is not None and job.domain else ()

    def badge(self) -> Piece | None:
        """Return how the job is, as a sign."""
        source = self.source()
        return None if source is None else job_facts.sign(self.desk, value_of(source))

    def offers(self, wanted: Action) -> bool:
        """Return whether an action does something where the person is."""
        row = self.selected
        match wanted.id:
            case "job.reveal":
                return row is not None and isinstance(row.thing, EnvironmentName)
            case "job.login_items":
                return self.zoomed and self._page in ("", "login-items")
            case "open" if self.zoomed:
                return row is not None and not isinstance(row.thing, EnvironmentName)
        return super().offers(wanted)
