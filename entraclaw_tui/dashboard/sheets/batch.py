"""The sheet of several requests: all of them to read, then one PIN for the low and medium ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets.batch_body import asking_keys, asking_rows, together
from entraclaw_tui.dashboard.sheets.batch_review import BatchReview
from entraclaw_tui.dashboard.sheets.confirm import ConfirmSheet
from entraclaw_tui.dashboard.sheets.decision_sheet import DecisionSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.request_bottom import note_rows
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request


class BatchSheet(DecisionSheet):
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
        super().__init__(link, clock, monotonic)
        self._symbols = symbols
        self._review: BatchReview = BatchReview(link, requests, clock, monotonic, readonly=readonly)

    # -- painting

    def send_due(self) -> None:
        """Allow with the typed PIN, once the keys have been quiet for a moment."""
        if requests := self._review.due():
            self._run(self._review.allow(requests, self._review.digits.take()))

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

    def action_deny(self) -> None:
        """Deny all that wait, after a question."""
        reason = self._review.why_no_deny()
        if reason:
            self.say(reason)
            return
        seen = self._review.open

        def deny(yes: bool | None) -> None:
            if yes and not self._review.busy:
                self._review.digits.clear()
                self._run(self._review.deny(seen))

        self.app.push_screen(deny_question(seen, self._monotonic), deny)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(
            HelpSheet("batch", situation=Situation(readonly=self._review.readonly))
        )

    def _run(self, deciding: Coroutine[None, None, None]) -> None:
        self._review.say("")
        self._review.busy = True
        self.send(deciding)


_NAMED = 3


def deny_question(
    requests: Sequence[Request], monotonic: Callable[[], float] = time.monotonic
) -> ConfirmSheet:
    """Return the sheet that asks before several requests are denied; it names the first ones."""
    asked = Counter(
        f"{words.scopes([s.name for s in r.scopes])} for {words.program(r.requester.executable)}"
        for r in requests
    )
    first = asked.most_common(_NAMED)
    told = [f"{n} x {name}" if n > 1 else name for name, n in first]
    if more := len(requests) - sum(n for _, n in first):
        told.append(f"{more} more")
    who = "Its" if len(requests) == 1 else "Each"
    return ConfirmSheet(
        f"Deny {words.count(len(requests), 'request')}?",
        effect=f"{', '.join(told)}. {who} program is told no. A second denial lets it rest for "
        "five minutes.",
        yes="deny",
        monotonic=monotonic,
    )
