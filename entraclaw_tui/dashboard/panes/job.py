"""Is the background job alive, and if not, why: a few facts, and its whole story when zoomed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard.action import Action
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import JOB, USAGE
from entraclaw_tui.dashboard.lines import Line, Piece, Tone
from entraclaw_tui.dashboard.panes import job_facts
from entraclaw_tui.dashboard.panes.one_value import OneValue
from entraclaw_tui.dashboard.panes.story_pane import StoryPane
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import EnvironmentName, Job
from entraclaw_tui.model.source import Empty, Failed, Loaded, Source, Stale, value_of
from entraclaw_tui.text import Shown, clean

if TYPE_CHECKING:  # the story is imported when it is opened
    from entraclaw_tui.dashboard.job_story.chapter import Chapter, Look
    from entraclaw_tui.dashboard.key import Key


class JobPane(StoryPane):
    """Facts beside the other panes; zoomed a list of chapters, each with a page of its own."""

    NAME = "job"
    NUMBER = 4
    TITLE = "Job"
    SHORT = "Job"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("job")]

    class FindingWanted(Message):
        """A finding is to be told in full."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._value = OneValue()

    # -- what it shows

    def source(self) -> Source[Job] | None:
        """Return the job as launchd tells it."""
        return self.desk.store.get(JOB)

    def facts(self, width: int) -> list[Line]:
        """Return what tells the most."""
        source = self.source()
        if isinstance(source, Empty):
            return job_facts.absent(self.desk, source, width)
        if not isinstance(source, Loaded | Stale):
            return []
        usage = value_of(self.desk.store.get(USAGE)) if source.value.alive else None
        return job_facts.facts(self.desk, source, usage, width)

    def head(self, width: int) -> Line:
        """Return how the job is."""
        return job_facts.head(self.desk, self.source(), width)

    def chapters(self) -> Sequence[Chapter]:
        """Return the story's chapters."""
        from entraclaw_tui.dashboard.job_story.table import CHAPTERS

        return CHAPTERS

    def at_a_glance(self) -> Iterable[Key[object]]:
        """Return what the list of chapters asks."""
        from entraclaw_tui.dashboard.job_story.table import AT_A_GLANCE

        return AT_A_GLANCE

    def look(self, width: int) -> Look:
        """Return what a chapter looks with."""
        from entraclaw_tui.dashboard.job_story.chapter import Look

        value = self._value
        return Look(self.desk, width, self.desk.clock(), value.shown, value.asked)

    def opens(self) -> bool:
        """Open the chapter under the cursor, or the finding on its page."""
        row = self.selected
        if row is not None and isinstance(row.thing, Finding):
            self.post_message(self.FindingWanted(row.thing))
            return True
        return super().opens()

    def select(self, index: int) -> None:
        """Move the cursor; what was asked for was asked of the row before."""
        if self._value.asked:
            self._value.asked = ""
            self.tick()
        super().select(index)

    # -- one value, for this view only

    def action_reveal(self) -> None:
        """Show the selected value after a second press; hide it at a third."""
        row = self.selected
        if row is None or not isinstance(row.thing, EnvironmentName):
            self.post_message(self.Said("It shows a value where a variable is selected."))
        elif self.meant("job.reveal") is not None:
            own = self._base(row.id)
            if self._value.press(own):
                self.run_worker(self._read(row.thing, own), exit_on_error=False)
            elif self._value.asked:
                key = self.desk.keys.shown("job.reveal")
                words = f"It may be a secret. {key} once more shows it, here alone."
                self.post_message(self.Said(words))
            self.reload()

    async def _read(self, name: EnvironmentName, own: str) -> None:
        found = await self.desk.feeds.job_story.value(name)
        if self._value.asked != own:
            return  # meanwhile the person has gone elsewhere
        if isinstance(found, Failed):
            self._value.forget()
            self.post_message(self.Said(clean(found.reason), Tone.BAD))
        else:
            self._value.show(own, found)
            words = "It shows here alone, until you look elsewhere."
            self.post_message(self.Said(words, Tone.PLAIN))
        self.reload()

    def _base(self, id: str) -> str:
        """Return the row that a line of a long value belongs to."""
        shown = self._value.shown
        return shown[0] if shown is not None and id.startswith(f"{shown[0]}\0") else id

    def put_away(self) -> None:
        """Hide the value."""
        self._selected = None if self._selected is None else self._base(self._selected)
        self._value.forget()

    def looked_away(self) -> None:
        """Hide what was shown: the person looks elsewhere."""
        if self._value:
            self.put_away()
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
        """Return the domain, and whether something is still being read."""
        job = value_of(self.source())
        reading = self.zoomed and bool(self.desk.feeds.study.unanswered)
        words = [f"reading{self.desk.symbols.ellipsis}"] if reading else []
        words += [clean(job.domain)] if job is not None and job.domain else []
        return (Piece(Shown(f" {self.desk.symbols.dot} ".join(words)), Tone.DIM),) if words else ()

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
