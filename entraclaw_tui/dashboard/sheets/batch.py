"""The sheet of several requests: all of them to read, then one PIN for the low and medium ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets.batch_body import asking_keys, asking_rows, together
from entraclaw_tui.dashboard.sheets.batch_review import BatchReview
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.request_bottom import note_rows
from entraclaw_tui.dashboard.sheets.sheet import Sheet, age
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request

_TICK = 0.1


class BatchSheet(Sheet[None]):
    """Shows the requests it was given, whatever arrives meanwhile, and decides them together."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batch")]

    def __init__(
        self,
        link: WorkerLink,
        requests: Sequence[Request],
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        symbols: Symbols = Symbols(),  # noqa: B008 - frozen
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._monotonic = monotonic
        self._symbols = symbols
        self._review = BatchReview(link, requests, clock, monotonic, readonly=readonly)

    # -- painting

    def on_mount(self) -> None:
        """Paint, arm, and count the seconds."""
        self._rearm()
        self.set_interval(_TICK, self._tick)

    def on_screen_resume(self) -> None:
        """Another sheet went away: take up what changed, and arm anew."""
        self._review.view_changed()
        self._rearm()

    def on_resize(self, event: events.Resize) -> None:
        """Other rows are visible now: arm anew."""
        self._rearm()

    def view_changed(self) -> None:
        """Take up what the worker says of these requests."""
        if self._review.view_changed():
            self._rearm()
        else:
            self.repaint()

    def _rearm(self) -> None:
        self._review.disarm()
        self.repaint()
        self.call_after_refresh(self._review.painted)

    def _tick(self) -> None:
        if requests := self._review.due():
            self._run(self._review.allow(requests, self._review.digits.take()))
        self.repaint()

    def title_text(self) -> Line:
        """`3 requests together`."""
        return (piece(f"{len(self._review.requests)} requests together"),)

    def subtitle_text(self) -> Line:
        """How long the first of them still waits."""
        waiting = self._review.open
        if not waiting:
            return ()
        left = max(0, int(min(r.expires_at for r in waiting) - self._clock()))
        tone = Tone.LOOK if left <= 15 else Tone.PLAIN
        return (piece(f"the first ends in {left // 60}:{left % 60:02}", tone),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The requests above, what to do about them below; what does not fit scrolls."""
        review = self._review
        review.size = (self.app.size.width, self.app.size.height)
        whole = together(review.requests, review.fates, width, self._symbols)
        bottom = self._bottom(width)
        room = max(1, rows - len(bottom) - 1)
        unseen = review.unseen
        shown = review.scroller.window(whole.lines, whole.parts, room)
        if unseen != review.unseen:
            bottom = self._bottom(width)
        return [*shown, (), *bottom]

    def _bottom(self, width: int) -> list[Line]:
        asking = self._review.asking()
        note = note_rows(self._review.note, width)
        return [*asking_rows(asking, width), *note, asking_keys(asking)]

    # -- keys

    def on_key(self, event: events.Key) -> None:
        """Note when keys come; digits go to the field, and only they."""
        if self._review.key(event.character, event.key, age(event)):
            event.stop()
            self.repaint()

    def on_paste(self, event: events.Paste) -> None:
        """Fill nothing in from a clipboard."""
        event.stop()
        self._review.pasted()
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by the wheel."""
        self.action_scroll(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by the wheel."""
        self.action_scroll(-2)

    def action_scroll(self, rows: int) -> None:
        """Scroll the requests."""
        self._review.scroller.move(rows)
        self.repaint()

    def action_submit(self) -> None:
        """Send the typed PIN."""
        self._review.submit()
        self.repaint()

    def action_deny(self) -> None:
        """Deny all that wait, after a question."""
        reason = self._review.why_no_deny()
        if reason:
            self._review.say(reason)
            self.repaint()
            return
        seen = self._review.open

        def deny(yes: bool | None) -> None:
            if yes and not self._review.busy:
                self._review.digits.clear()
                self._run(self._review.deny(seen))

        self.app.push_screen(deny_question(len(seen), self._monotonic), deny)

    def action_unlock(self) -> None:
        """Ask for the PIN that opens the session."""
        reason = self._review.why_no_unlock()
        self._review.say(reason)
        if reason:
            self.repaint()
        else:
            self.app.push_screen(UnlockSheet(self._link, self._clock))

    def action_later(self) -> None:
        """Leave them as they are."""
        self._review.digits.clear()
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpSheet("batch"))

    def _run(self, deciding: Coroutine[None, None, None]) -> None:
        """Send a decision; it goes its way even where the sheet is left meanwhile."""
        self._review.say("")
        self._review.busy = True

        async def decide() -> None:
            await deciding
            self.view_changed()

        self.app.run_worker(decide(), exit_on_error=False)
        self.repaint()


def deny_question(count: int, monotonic: Callable[[], float] = time.monotonic) -> ConfirmSheet:
    """Return the sheet that asks before several requests are denied."""
    what = "1 request" if count == 1 else f"{count} requests"
    return ConfirmSheet(
        f"Deny {what}?",
        effect="Each program is told no. A second denial lets it rest for five minutes.",
        yes="deny",
        monotonic=monotonic,
    )
