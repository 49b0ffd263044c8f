"""A PIN that is typed under something to read, and sent by an Enter that was meant. No screen.

What decides by one PIN is built on it: the sheet of several requests, and that of the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets import allowance, refusals
from entraclaw_tui.dashboard.sheets.arming import Arming
from entraclaw_tui.dashboard.sheets.digits import PIN_DIGITS, Digits
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.ipc.errors import ConnectionLost, WireError


class TypedPin:
    """The field, what keeps it from taking a stray key, and what is said of it."""

    NOUN = "part"
    """What one part of the text above is called."""
    DOES = "does"
    """What Enter does with the PIN."""

    def __init__(
        self,
        link: WorkerLink,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        readonly: bool = False,
    ) -> None:
        self.link = link
        self.clock = clock
        self.readonly = readonly
        self.size = (80, 24)
        self.digits = Digits()
        self.arming = Arming()
        self.scroller = Scroller(self.NOUN)
        self.busy = False
        self._monotonic = monotonic
        self._said = ""
        self._retry_at = 0.0
        self._held = False

    @property
    def obstacle(self) -> str:
        """Why no PIN counts now, with the next step; empty where one does."""
        raise NotImplementedError

    @property
    def typed(self) -> bool:
        """Whether enough digits are there."""
        return len(self.digits) >= PIN_DIGITS

    @property
    def note(self) -> str:
        """What to tell the person now."""
        if self.busy:
            return "Sending\u2026"
        wait = self._retry_at - self.clock()
        return f"{self._said} Next try in {ceil(wait)} s." if wait > 0 else self._said

    def why_no_unlock(self) -> str:
        """Return why the session cannot be unlocked from here; else empty."""
        return allowance.no_unlock(self.link.view, readonly=self.readonly)

    def say(self, text: str) -> None:
        """Show a note in place of the one before."""
        self._said = text

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
        if not self.typed:
            self.say(f"Enter {self.DOES} nothing without your PIN.")
        elif (wait := self._retry_at - self.clock()) > 0:
            self.say(f"Next try in {ceil(wait)} s.")
        else:
            self._held = True

    def take(self) -> bool:
        """Return, once, whether the PIN is to be sent now."""
        if not self._held or self.busy or not self.arming.quiet(self._monotonic()):
            return False
        self._held = False
        return not self.obstacle

    def reread(self) -> None:
        """What stands above is another text now: it has to be seen again, and typed again."""
        self.digits.clear()
        self._held = False
        self.scroller = Scroller(self.NOUN)

    def forget(self) -> None:
        """What was typed is for nothing any more."""
        self.digits.clear()
        self._held = False

    def refused(self, error: WireError | ConnectionLost) -> None:
        """Tell the worker's no, and wait as long as it says."""
        text, wait = refusals.plain(error)
        self.say(text)
        self._retry_at = self.clock() + wait
