"""The sheet of one request: everything that counts, and the only place where it can be allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import request_bottom
from entraclaw_tui.dashboard.sheets.decision_sheet import DecisionSheet
from entraclaw_tui.dashboard.sheets.help import HelpSheet
from entraclaw_tui.dashboard.sheets.outcome import outcome
from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.request_body import body
from entraclaw_tui.dashboard.sheets.review import Review
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request


class RequestSheet(DecisionSheet):
    """Shows the request of `request_id` and decides it.

    It stays with its request until a person leaves it, whatever arrives meanwhile.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("request")]

    def __init__(
        self,
        link: WorkerLink,
        request_id: str,
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        symbols: Symbols = Symbols(),  # noqa: B008 - frozen
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(link, clock, monotonic)
        self._readonly = readonly
        self._symbols = symbols
        self._review: Review = self._begin(request_id)

    def _begin(self, request_id: str) -> Review:
        return Review(self._link, request_id, self._clock, self._monotonic, readonly=self._readonly)

    # -- painting

    def send_due(self) -> None:
        """Allow with the typed proof, once the keys have been quiet for a moment."""
        if (request := self._review.due()) is not None:
            self._allow(request, self._review.digits.take())

    def title_text(self) -> Line:
        """`Request 1 of 3`."""
        waiting = [request.id for request in self._review.waiting]
        if self._review.request_id not in waiting:
            return (piece("Request"),)
        number = waiting.index(self._review.request_id) + 1
        return (piece(f"Request {number} of {len(waiting)}"),)

    def subtitle_text(self) -> Line:
        """How long it still waits."""
        if not self._review.pending:
            return ()
        left = self._review.seconds_left
        if left <= 0:
            return (piece("its time is over", Tone.LOOK),)
        tone = Tone.LOOK if left <= 15 else Tone.PLAIN
        return (piece(f"ends in {left // 60}:{left % 60:02}", tone),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The request above, what to do about it below; what does not fit scrolls."""
        review = self._review
        review.size = (self.app.size.width, self.app.size.height)
        if review.request is None:
            gone = piece("The worker does not know this request any more.", Tone.LOOK)
            return [(gone,), (), request_bottom.decided_keys(len(review.others))]
        bottom = self._bottom(review.request, width)
        whole = body(review.request, width, self._symbols, roomy=True)
        gap: list[Line] = [()]
        if len(whole.lines) + 1 + len(bottom) > rows:
            whole = body(review.request, width, self._symbols, roomy=False)
            gap = []
        room = max(1, rows - len(bottom) - len(gap))
        unseen = review.unseen
        shown = review.scroller.window(whole.lines, whole.scopes, room)
        if unseen != review.unseen:
            bottom = self._bottom(review.request, width)
        return [*shown, *gap, *bottom]

    def _bottom(self, request: Request, width: int) -> list[Line]:
        review = self._review
        note = request_bottom.note_rows(review.note, width)
        if not review.pending:
            told = outcome(request, review.token, review.decider.decided, self._clock())
            keys = request_bottom.decided_keys(len(review.others))
            return [*request_bottom.outcome_rows(told, width), *note, keys]
        asking = review.asking(request)
        rows = request_bottom.asking_rows(asking, width)
        return [*rows, *note, *request_bottom.asking_keys(asking, width)]

    # -- keys

    def action_allow(self) -> None:
        """Allow, where a key alone is enough and this one was meant."""
        if self._review.wants_unlock:
            self.action_unlock()
        elif (request := self._review.allow()) is not None:
            self._allow(request, "")
        self.repaint()

    def action_deny(self) -> None:
        """Deny."""
        self._deny("")

    def action_deny_always(self) -> None:
        """Deny and block the program."""
        self._deny("", block=True)

    def action_deny_reason(self) -> None:
        """Ask for the reason, then deny with it."""
        request = self._deniable()
        if request is None:
            return

        def deny(reason: str | None) -> None:
            if reason is not None:
                self._deny(reason)

        name = request.requester.executable.rpartition("/")[2]
        self.app.push_screen(ReasonSheet(name, self._symbols), deny)

    def action_remember(self) -> None:
        """Choose how long an approval counts."""
        self._review.longer()
        self.repaint()

    def action_next(self) -> None:
        """Open the next request that waits, once this one is decided."""
        if self._review.pending:
            self.say("First this one: decide it, or Esc leaves it waiting.")
        elif not self._review.others:
            self.say("Nothing else waits.")
        else:
            self._review = self._begin(self._review.others[0].id)
            self.rearm()

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpSheet("request", situation=Situation(readonly=self._readonly)))

    # -- deciding

    def _allow(self, request: Request, proof: str) -> None:
        review = self._review
        self._decide(review, review.decider.allow(request, review.remember, proof))

    def _deny(self, reason: str, *, block: bool = False) -> None:
        request = self._deniable()
        if request is not None:
            review = self._review
            review.digits.clear()
            self._decide(review, review.decider.deny(request, reason, block=block))

    def _deniable(self) -> Request | None:
        """Return the request where it can be denied now; else say why not."""
        reason = self._review.why_no_deny()
        if reason:
            self.say(reason)
        return None if reason or self._review.decider.busy else self._review.request

    def _decide(self, review: Review, deciding: Coroutine[None, None, None]) -> None:
        review.say("")
        review.decider.busy = True
        self.send(deciding)
