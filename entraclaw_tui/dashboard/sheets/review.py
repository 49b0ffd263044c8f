"""A request under review: what was seen, typed and armed, and what a key may do. Knows no screen.

A decision names the request as it was shown last. Nothing that arrives changes what a key means.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import msgspec

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import allowance
from entraclaw_tui.dashboard.sheets.allowance import Surroundings
from entraclaw_tui.dashboard.sheets.arming import Arming
from entraclaw_tui.dashboard.sheets.decider import Decider
from entraclaw_tui.dashboard.sheets.digits import Digits
from entraclaw_tui.dashboard.sheets.request_bottom import Asking, Gate
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.model.consent import Proof, Remember, Request, State, TokenInfo


class Review:
    """One request of one link, from the first look to what became of it."""

    def __init__(
        self,
        link: WorkerLink,
        request_id: str,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        readonly: bool = False,
    ) -> None:
        self._link = link
        self._monotonic = monotonic
        self._readonly = readonly
        self._clock = clock
        self.request_id = request_id
        self.request: Request | None = link.view.request(request_id)
        self.size = (80, 24)
        """Columns and rows of the window."""
        self.digits = Digits()
        self.arming = Arming()
        self.decider = Decider(link, clock)
        self.scroller = Scroller()
        self.remember = Remember.ONCE
        self._said = ""
        self._held = False

    # -- what holds --------------------------------------------------------------------------

    @property
    def pending(self) -> bool:
        """Whether it still waits for a decision."""
        return self.request is not None and self.request.state is State.PENDING

    @property
    def waiting(self) -> list[Request]:
        """All requests that wait, this one among them."""
        snapshot = self._link.view.snapshot
        requests = snapshot.requests if snapshot is not None else ()
        return [r for r in requests if r.state is State.PENDING]

    @property
    def others(self) -> list[Request]:
        """The others that wait."""
        return [r for r in self.waiting if r.id != self.request_id]

    @property
    def token(self) -> TokenInfo | None:
        """What is known of the token it led to."""
        snapshot = self._link.view.snapshot
        tokens = snapshot.tokens if snapshot is not None else ()
        return next((t for t in reversed(tokens) if t.request_id == self.request_id), None)

    @property
    def note(self) -> str:
        """What to tell the person now."""
        if self.decider.busy:
            return "Sending\u2026"
        wait = self.decider.retry_at - self._clock()
        if self.decider.note and wait > 0:
            return f"{self.decider.note} Next try in {ceil(wait)} s."
        return self.decider.note or self._said

    @property
    def unseen(self) -> int:
        """How many of its permissions have not been visible."""
        return self.scroller.unseen(len(self.request.scopes) if self.request else 0)

    @property
    def seconds_left(self) -> int:
        """Whole seconds until it expires, rounded up."""
        return ceil(self.request.expires_at - self._clock()) if self.request else 0

    def asking(self, request: Request) -> Asking:
        """Return what the rows below it show."""
        view = self._link.view
        proof = allowance.proof_for(request, view.session)
        obstacle = self._obstacle(request)
        # The first digit has waited until a key would count; the others follow it.
        armed = len(self.digits) > 0 or self.arming.ready(self._monotonic())
        gate = Gate.OPEN if armed else Gate.WAIT
        return Asking(
            tier=request.tier,
            proof=proof,
            takes=allowance.what_it_takes(request, view.session),
            obstacle=obstacle,
            gate=Gate.OFF if obstacle or self.decider.busy else gate,
            dots=self.digits.dots(allowance.digits_for(proof)),
            typed=len(self.digits),
            options=allowance.options(request, view.session),
            remember=self.remember,
            locked=self._unlock_helps,
            may_deny=view.connected and not self._readonly and not self.decider.busy,
            readonly=self._readonly,
        )

    def _obstacle(self, request: Request) -> str:
        around = Surroundings(*self.size, self.unseen, self._clock(), self._readonly)
        return allowance.obstacle(request, self._link.view, around)

    @property
    def _unlock_helps(self) -> bool:
        return self.pending and not self.why_no_unlock()

    def why_no_unlock(self) -> str:
        """Return why the session cannot be unlocked from here; else empty."""
        return allowance.no_unlock(self._link.view, readonly=self._readonly)

    def why_no_deny(self) -> str:
        """Return why it cannot be denied; else empty."""
        if reason := allowance.no_decision(self._link.view, readonly=self._readonly):
            return reason
        return "" if self.pending else "It is decided already."

    # -- what happens ------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a note in place of the one before."""
        self._said = text
        self.decider.note = ""

    def view_changed(self) -> bool:
        """Take up what the worker says of this request; return whether it reads differently now."""
        before, now = self.request, self._link.view.request(self.request_id)
        if now is None or now == before:
            return False
        self.request = now
        if now.state is not State.PENDING:
            self.digits.clear()
            self._held = False
            self._said = ""
        if before is not None and not _reads_differently(before, now):
            return False
        self.digits.clear()
        self.remember = Remember.ONCE
        if before is not None and now.state is State.PENDING:
            self.scroller = Scroller()
            self._said = "The request changed. Read it again."
        return True

    def disarm(self) -> None:
        """What is on the screen changes."""
        self.arming.disarm()
        self._held = False

    def painted(self) -> None:
        """It is on the screen now."""
        self.arming.painted(self._monotonic())

    def key(self, character: str | None, name: str, ago: float = 0.0) -> bool:
        """Take note of a key, pressed `ago` seconds; return whether it was one for the field."""
        now = self._monotonic() - ago
        armed = len(self.digits) > 0 or self.arming.ready(now)
        self.arming.key(now)
        self._held = False
        self.say("")
        if name == "backspace":
            self.digits.back()
        elif character is not None and len(character) == 1 and character in "0123456789":
            self._digit(character, armed, self.arming.shown(now))
        else:
            return False
        return True

    def _digit(self, character: str, armed: bool, shown: bool) -> None:
        request = self.request
        if request is None or not self.pending or self.decider.busy:
            return
        proof = allowance.proof_for(request, self._link.view.session)
        if self._obstacle(request):
            return  # the row of what allowing takes says it already
        if proof is Proof.KEY:
            self.say("No digits are needed: A allows, d denies.")
        elif not armed and not (proof is Proof.PIN and shown):
            # Nobody types a PIN by accident; two digits may well stand in somebody's text.
            self.say("Too soon: wait a moment, then type.")
        elif proof is Proof.CODE and len(self.digits) >= allowance.digits_for(proof):
            self.say("Two digits are all: Enter sends them, Backspace takes one back.")
        else:
            self.digits.add(character)

    def pasted(self) -> None:
        """Text was pasted: it decides nothing, and counts as keys that were pressed."""
        self.arming.key(self._monotonic())
        self.arming.take()
        self._held = False
        self.say("Pasted text decides nothing. Type it.")

    def allow(self) -> Request | None:
        """Return the request where the key A allows it; else say why not."""
        request = self._allowable()
        if request is None:
            return None
        if allowance.proof_for(request, self._link.view.session) is not Proof.KEY:
            takes = allowance.what_it_takes(request, self._link.view.session)
            self.say(f"A alone is not enough: {takes}, then Enter.")
        elif not self.arming.take():
            self.say("Too soon after the last key. Wait a moment, then press A.")
        else:
            return request
        return None

    def submit(self) -> None:
        """Take Enter: a complete proof is sent once the keys have been quiet for a moment."""
        request = self._allowable()
        if request is None:
            return
        wanted = allowance.digits_for(allowance.proof_for(request, self._link.view.session))
        if not wanted:
            self.say("Enter allows nothing: A allows, d denies.")
        elif len(self.digits) < wanted:
            self.say(f"Not yet: {allowance.what_it_takes(request, self._link.view.session)}.")
        elif (wait := self.decider.retry_at - self._clock()) > 0:
            self.say(f"Next try in {ceil(wait)} s.")
        else:
            self._held = True

    def due(self) -> Request | None:
        """Return the request whose proof is to be sent now, if one is."""
        if not self._held or not self.arming.quiet(self._monotonic()):
            return None
        self._held = False
        return self._allowable()

    def _allowable(self) -> Request | None:
        """Return the request where nothing stands against allowing it; what does is shown."""
        if self.request is None or self.decider.busy or self._obstacle(self.request):
            return None
        return self.request

    @property
    def wants_unlock(self) -> bool:
        """Whether what stands against allowing is the locked session, and an unlock would help."""
        return not self.decider.busy and self._unlock_helps

    def longer(self) -> None:
        """Choose the next offered time for which an approval counts."""
        if self.request is None or not self.pending:
            return
        offered = allowance.options(self.request, self._link.view.session)
        if len(offered) == 1:
            self.say("Only once is offered here.")
            return
        place = offered.index(self.remember) if self.remember in offered else -1
        self.remember = offered[(place + 1) % len(offered)]


def _reads_differently(before: Request, now: Request) -> bool:
    """Return whether more changed than how many equal requests wait with it."""
    same = msgspec.structs.replace(before, revision=now.revision, merged=now.merged)
    return same != now
