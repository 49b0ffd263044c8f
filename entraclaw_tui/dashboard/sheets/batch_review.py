"""What a sheet of several requests knows and may do. No screen in here.

Everything that a single request's sheet demands holds here too: what was painted is what is
decided, each permission must have been visible, the PIN is typed and sent by a key that was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import msgspec

from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import allowance, refusals
from entraclaw_tui.dashboard.sheets.allowance import Surroundings
from entraclaw_tui.dashboard.sheets.arming import Arming
from entraclaw_tui.dashboard.sheets.batch_body import Asking, Fate, in_order
from entraclaw_tui.dashboard.sheets.digits import PIN_DIGITS, Digits
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.ipc.control_messages import Decided
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.model.consent import Request, State, Tier

_DENIED = Fate("denied", Tone.GOOD)
_ALLOWED = Fate("allowed", Tone.GOOD)
_OVER = Fate("over: decided elsewhere, withdrawn or out of time", Tone.LOOK)


class BatchReview:
    """Several requests of one link, from the first look to what became of them."""

    def __init__(
        self,
        link: WorkerLink,
        requests: Sequence[Request],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        readonly: bool = False,
    ) -> None:
        self._link = link
        self._clock = clock
        self._monotonic = monotonic
        self._readonly = readonly
        self.requests = in_order(requests)
        self.size = (80, 24)
        self.digits = Digits()
        self.arming = Arming()
        self.scroller = Scroller("request")
        self.busy = False
        self._said = ""
        self._retry_at = 0.0
        self._held = False
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
        for request in self.open:
            if request.tier is Tier.HIGH and request.id not in found:
                found[request.id] = Fate("high: stays waiting, it is allowed alone", Tone.LOOK)
        return found

    @property
    def unseen(self) -> int:
        """How many of the requests have not been visible whole."""
        return self.scroller.unseen(len(self.requests))

    @property
    def note(self) -> str:
        """What to tell the person now."""
        if self.busy:
            return "Sending\u2026"
        wait = self._retry_at - self._clock()
        return f"{self._said} Next try in {ceil(wait)} s." if wait > 0 else self._said

    def asking(self) -> Asking:
        """Return what the lower rows show."""
        view = self._link.view
        return Asking(
            obstacle=self.obstacle,
            open=len(self.open),
            allowable=len(self.allowable),
            dots=self.digits.dots(PIN_DIGITS),
            typed=len(self.digits) >= PIN_DIGITS,
            locked=not self.why_no_unlock(),
            may_deny=view.connected and not self._readonly and not self.busy,
        )

    @property
    def obstacle(self) -> str:
        """Why nothing can be allowed now, with the next step; empty where it can."""
        if not self.open:
            return "Nothing of this waits any more."
        around = Surroundings(*self.size, 0, self._clock(), self._readonly)
        if reason := allowance.obstacle(self.open[0], self._link.view, around):
            return reason
        if not self.allowable:
            return "High ones are decided alone: Esc, then Enter on each."
        if self.unseen:
            more = "1 request" if self.unseen == 1 else f"{self.unseen} requests"
            return f"Read on: {more} not seen."
        return ""

    def why_no_unlock(self) -> str:
        """Return why the session cannot be unlocked from here; else empty."""
        return allowance.no_unlock(self._link.view, readonly=self._readonly)

    def why_no_deny(self) -> str:
        """Return why they cannot be denied; else empty."""
        if reason := allowance.no_decision(self._link.view, readonly=self._readonly):
            return reason
        return "" if self.open else "Nothing of this waits any more."

    def _waits(self, request: Request) -> bool:
        return (
            request.id not in self._fates
            and request.state is State.PENDING
            and self._clock() < request.expires_at
        )

    # -- what happens ------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a note in place of the one before."""
        self._said = text

    def view_changed(self) -> bool:
        """Take up what the worker says; return whether anything reads differently now."""
        changed = reread = False
        for place, before in enumerate(self.requests):
            now = self._link.view.request(before.id)
            if now is None or now == before:
                continue
            self.requests[place] = now
            same = msgspec.structs.replace(before, revision=now.revision, merged=now.merged)
            if same != now:
                changed = True
                reread = reread or now.state is State.PENDING
        if changed:
            self.digits.clear()
            self._held = False
        if reread:
            self.scroller = Scroller("request")
            self.say("A request changed. Read them again.")
        return changed

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
        self.arming.key(now)
        self._held = False
        self.say("")
        if name == "backspace":
            self.digits.back()
        elif character is not None and len(character) == 1 and character in "0123456789":
            if not self.busy and not self.obstacle:
                if self.arming.shown(now):
                    self.digits.add(character)
                else:
                    self.say("Too soon: wait a moment, then type.")
        else:
            return False
        return True

    def pasted(self) -> None:
        """Text was pasted: it decides nothing, and counts as keys that were pressed."""
        self.arming.key(self._monotonic())
        self._held = False
        self.say("Pasted text decides nothing. Type it.")

    def submit(self) -> None:
        """Take Enter: the PIN is sent once the keys have been quiet for a moment."""
        if self.busy or self.obstacle:
            return
        if len(self.digits) < PIN_DIGITS:
            self.say("Enter allows nothing without your PIN.")
        elif (wait := self._retry_at - self._clock()) > 0:
            self.say(f"Next try in {ceil(wait)} s.")
        else:
            self._held = True

    def due(self) -> list[Request]:
        """Return the requests that are to be allowed now, with the PIN that was typed."""
        if not self._held or self.busy or not self.arming.quiet(self._monotonic()):
            return []
        self._held = False
        return [] if self.obstacle else self.allowable

    async def allow(self, requests: Sequence[Request], pin: str) -> None:
        """Allow these, as they were painted. Raises nothing; notes and fates tell how it went."""
        try:
            results = await self._link.decide_many(requests, "allow", pin)
        except (WireError, ConnectionLost) as error:
            self._refused(error)
        except Exception as error:  # its traceback would show the PIN
            self.say(f"The decision could not be sent ({type(error).__name__}).")
        else:
            self._take(results, _ALLOWED)
        finally:
            self.busy = False

    async def deny(self, requests: Sequence[Request]) -> None:
        """Deny these, as they were painted. Raises nothing; notes and fates tell how it went."""
        try:
            results = await self._link.decide_many(requests, "deny")
        except (WireError, ConnectionLost) as error:
            self._refused(error)
        else:
            self._take(results, _DENIED)
        finally:
            self.busy = False

    def _take(self, results: Sequence[Decided], done: Fate) -> None:
        for result in results:
            fate = done if result.state is not None else Fate(result.message, Tone.BAD)
            self._fates[result.request_id] = fate
        self.say(told(results, done.text))

    def _refused(self, error: WireError | ConnectionLost) -> None:
        text, wait = refusals.plain(error)
        self.say(text)
        self._retry_at = self._clock() + wait


def told(results: Sequence[Decided], verb: str) -> str:
    """Return how a decision about several went: `2 allowed, 1 not: Its time is up.`"""
    done = sum(result.state is not None for result in results)
    refused = [result for result in results if result.state is None]
    if not refused:
        return f"{done} {verb}."
    return f"{done} {verb}, {len(refused)} not: {refused[0].message}"
