"""What a sheet of several requests knows and may do. No screen in here.

Everything that a single request's sheet demands holds here too: what was painted is what is
decided, each permission must have been visible, the PIN is typed and sent by a key that was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import allowance
from entraclaw_tui.dashboard.sheets.allowance import Surroundings
from entraclaw_tui.dashboard.sheets.batch_body import Asking, Fate, in_order
from entraclaw_tui.dashboard.sheets.digits import PIN_DIGITS
from entraclaw_tui.dashboard.sheets.outcome import outcome
from entraclaw_tui.dashboard.sheets.typed_pin import TypedPin
from entraclaw_tui.ipc.control_messages import Decided
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import Request, State, Tier

OVER = "Nothing of this waits any more."
_DENIED = Fate("denied", Tone.GOOD)
_ALLOWED = Fate("allowed", Tone.GOOD)
_OVER = Fate("over: decided elsewhere, withdrawn or out of time", Tone.LOOK)


class BatchReview(TypedPin):
    """Several requests of one link, from the first look to what became of them."""

    NOUN = "request"
    DOES = "allows"

    def __init__(
        self,
        link: WorkerLink,
        requests: Sequence[Request],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        readonly: bool = False,
    ) -> None:
        super().__init__(link, clock, monotonic, readonly=readonly)
        self.requests = in_order(requests)
        self._fates: dict[str, Fate] = {}

    # -- what holds --------------------------------------------------------------------------

    @property
    def open(self) -> list[Request]:
        """Those that wait for a decision."""
        return [r for r in self.requests if self._waits(r)]

    @property
    def allowable(self) -> list[Request]:
        """Those that one PIN allows."""
        return [r for r in self.open if r.tier is not Tier.HIGH]

    @property
    def fates(self) -> dict[str, Fate]:
        """What is said of each request that is not simply waiting to be allowed."""
        found = {r.id: _OVER for r in self.requests if not self._waits(r)} | self._fates
        for request in self.requests:
            if found.get(request.id) == _ALLOWED and request.state is State.FAILED:
                why = outcome(request, None, "allow", self.clock()).details
                found[request.id] = Fate(" ".join(("allowed, but no token came:", *why)), Tone.BAD)
        for request in self.open:
            if request.tier is Tier.HIGH and request.id not in found:
                found[request.id] = Fate("high: stays waiting, it is allowed alone", Tone.LOOK)
        return found

    @property
    def unseen(self) -> int:
        """How many of the requests have not been visible whole."""
        return self.scroller.unseen(len(self.requests))

    def asking(self) -> Asking:
        """Return what the lower rows show."""
        view = self.link.view
        return Asking(
            obstacle=self.obstacle,
            open=len(self.open),
            allowable=len(self.allowable),
            dots=self.digits.dots(PIN_DIGITS),
            typed=self.typed,
            locked=not self.why_no_unlock(),
            may_deny=view.connected and not self.readonly and not self.busy,
            readonly=self.readonly,
        )

    @property
    def obstacle(self) -> str:
        """Why nothing can be allowed now, with the next step; empty where it can."""
        if not self.open:
            return OVER
        around = Surroundings(*self.size, 0, self.clock(), self.readonly)
        if reason := allowance.obstacle(self.open[0], self.link.view, around):
            return reason
        if not self.allowable:
            return "High ones are decided alone: Esc, then Enter on each."
        if self.unseen:
            more = "1 request" if self.unseen == 1 else f"{self.unseen} requests"
            return f"Read on: {more} not seen."
        return ""

    def why_no_deny(self) -> str:
        """Return why they cannot be denied; else empty."""
        if reason := allowance.no_decision(self.link.view, readonly=self.readonly):
            return reason
        return "" if self.open else OVER

    def _waits(self, request: Request) -> bool:
        return (
            request.id not in self._fates
            and request.state is State.PENDING
            and self.clock() < request.expires_at
        )

    # -- what happens ------------------------------------------------------------------------

    def view_changed(self) -> bool:
        """Take up what the worker says; return whether anything reads differently now."""
        changed = reread = False
        for place, before in enumerate(self.requests):
            now = self.link.view.request(before.id)
            if now is None or now == before:
                continue
            self.requests[place] = now
            same = msgspec.structs.replace(before, revision=now.revision, merged=now.merged)
            if same != now:
                changed = True
                reread = reread or now.state is State.PENDING
        if changed:
            self.forget()
        if reread:
            self.reread()
            self.say("A request changed. Read them again.")
        return changed

    def due(self) -> list[Request]:
        """Return the requests that are to be allowed now, with the PIN that was typed."""
        return self.allowable if self.take() else []

    async def allow(self, requests: Sequence[Request], pin: str) -> None:
        """Allow these, as they were painted. Raises nothing; notes and fates tell how it went."""
        try:
            results = await self.link.decide_many(requests, "allow", pin)
        except (WireError, ConnectionLost) as error:
            self.refused(error)
        except Exception as error:  # its traceback would show the PIN
            self.say(f"The decision could not be sent ({type(error).__name__}).")
        else:
            self._take(results, _ALLOWED)
        finally:
            self.busy = False

    async def deny(self, requests: Sequence[Request]) -> None:
        """Deny these, as they were painted. Raises nothing; notes and fates tell how it went."""
        try:
            results = await self.link.decide_many(requests, "deny")
        except (WireError, ConnectionLost) as error:
            self.refused(error)
        else:
            self._take(results, _DENIED)
        finally:
            self.busy = False

    def _take(self, results: Sequence[Decided], done: Fate) -> None:
        for result in results:
            fate = done if result.state is not None else Fate(result.message, Tone.BAD)
            self._fates[result.request_id] = fate
        self.say(told(results, done.text))


def told(results: Sequence[Decided], verb: str) -> str:
    """Return how a decision about several went: `2 allowed, 1 not: Its time is up.`"""
    done = sum(result.state is not None for result in results)
    refused = [result for result in results if result.state is None]
    if not refused:
        return f"{done} {verb}."
    return f"{done} {verb}, {len(refused)} not: {refused[0].message}"
