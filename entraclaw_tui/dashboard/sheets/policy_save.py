"""The sheet that saves a policy: all that changes, to read, and the PIN."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.action import UNLOCK_FIRST
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.policy_draft import titled, worded
from entraclaw_tui.dashboard.sheets import allowance
from entraclaw_tui.dashboard.sheets.decision_sheet import DecisionSheet
from entraclaw_tui.dashboard.sheets.digits import PIN_DIGITS
from entraclaw_tui.dashboard.sheets.paint import Field, key, key_off, row
from entraclaw_tui.dashboard.sheets.typed_pin import TypedPin
from entraclaw_tui.ipc.control_messages import PolicyResult
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.model import policy as model
from entraclaw_tui.model.consent import Tier
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.text import Shown, clean

_ENDS = "Grants that the new rules leave no room for end at once."
LOST = (
    "Somebody else changed the stored policy, so nothing can be allowed and no grant counts. "
    "`sudo entraclaw-tui pin reset` begins anew."
)
_LABEL = 8


class PolicyReview(TypedPin):
    """One wished policy beside the stored one, from the first look to the worker's answer."""

    NOUN = "change"
    DOES = "saves"

    def __init__(
        self,
        link: WorkerLink,
        stored: PolicyResult,
        wished: Policy,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        readonly: bool = False,
    ) -> None:
        super().__init__(link, clock, monotonic, readonly=readonly)
        self.stored = stored
        self.wished = wished
        self.changes = model.changes(stored.policy, wished)
        self.saved: PolicyResult | None = None
        self.stale = False
        """Somebody else saved meanwhile: the draft has to be looked at again."""
        self.ending: tuple[str, ...] | None = None
        """Ids of the grants that it would end, once the worker told them."""
        self.tiers: dict[str, Tier] = {}
        """The tiers that permissions with a rule have without it."""

    @property
    def unseen(self) -> int:
        """How many of the changes have not been visible whole."""
        return self.scroller.unseen(len(self.changes))

    @property
    def obstacle(self) -> str:
        """Why nothing can be saved now, with the next step; empty where it can."""
        view = self.link.view
        if self.readonly:
            return allowance.READONLY
        if not view.connected:
            return f"Nothing can be saved: {clean(view.reason, 200)}"
        smallest = allowance.SMALLEST
        if self.size[0] < smallest[0] or self.size[1] < smallest[1]:
            return f"Saving is off below {smallest[0]}x{smallest[1]}: make the window larger."
        if self.stored.state == "lost":
            return LOST
        if reason := allowance.refusal(view.session):
            return reason
        if not view.unlocked:
            return UNLOCK_FIRST
        if self.unseen:
            more = "1 change" if self.unseen == 1 else f"{self.unseen} changes"
            return f"Read on: {more} not seen."
        return ""

    def view_changed(self) -> bool:
        """What is read here never changes by what the worker says; what was typed may be off."""
        if not self.link.view.unlocked:
            self.forget()
        return False

    @property
    def effect(self) -> str:
        """What saving does besides."""
        if self.ending is None:
            return _ENDS
        if not self.ending:
            return "No live grant ends by it."
        snapshot = self.link.view.snapshot
        known = {g.id: g for g in snapshot.grants} if snapshot is not None else {}
        named = [
            f"{words.scopes(g.scopes)} for {words.program(g.executable)}"
            for id in self.ending
            if (g := known.get(id)) is not None
        ]
        count = "1 grant ends" if len(self.ending) == 1 else f"{len(self.ending)} grants end"
        return f"{count} at once: {', '.join(named)}." if named else f"{count} at once."

    async def look(self) -> None:
        """Ask which grants it would end. Without an answer the sheet says it in general."""
        with contextlib.suppress(WireError, ConnectionLost):
            found = await self.link.preview_policy(self.wished, self.stored.revision)
            self.ending, self.tiers = found.ending, found.tiers

    async def save(self, pin: str) -> None:
        """Save it. Raises nothing; note and `saved` tell how it went."""
        try:
            self.saved = await self.link.set_policy(self.wished, self.stored.revision, pin)
        except WireError as error:
            self.stale = error.code is Code.STALE_DIGEST
            self.refused(error)
        except ConnectionLost as error:
            self.refused(error)
        except Exception as error:  # its traceback would show the PIN
            self.say(f"The policy could not be sent ({type(error).__name__}).")
        finally:
            self.busy = False


class PolicySaveSheet(DecisionSheet):
    """Shows each change as it was and as it will be. `done` hears of the end."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("policy_save")]
    WIDEST = 76

    def __init__(
        self,
        link: WorkerLink,
        stored: PolicyResult,
        wished: Policy,
        done: Callable[[PolicyReview], None],
        clock: Callable[[], float] = time.time,
        *,
        readonly: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(link, clock, monotonic)
        self._review: PolicyReview = PolicyReview(
            link, stored, wished, clock, monotonic, readonly=readonly
        )
        self._done = done

    def on_mount(self) -> None:
        """Ask what it would end."""
        self.app.run_worker(self._look(), exit_on_error=False)

    async def _look(self) -> None:
        await self._review.look()
        if self.is_current:
            self.rearm()  # it reads differently now

    def title_text(self) -> Line:
        """How many changes."""
        count = len(self._review.changes)
        return (piece("Save 1 change" if count == 1 else f"Save {count} changes"),)

    def lines(self, width: int, rows: int) -> list[Line]:
        """The changes above, the PIN below; what does not fit scrolls."""
        review = self._review
        review.size = (self.app.size.width, self.app.size.height)
        told, parts = _changes(review.changes, review.tiers, width)
        bottom = self._bottom(width)
        unseen = review.unseen
        shown = review.scroller.window(told, parts, max(1, rows - len(bottom) - 1))
        if unseen != review.unseen:
            bottom = self._bottom(width)
        return [*shown, (), *bottom]

    def _bottom(self, width: int) -> list[Line]:
        review = self._review
        obstacle = review.obstacle
        told: list[Line] = [
            (Piece(text, Tone.DIM),) for text in wrap(clean(review.effect, 1000), width)
        ]
        if obstacle:
            told += [(Piece(text, Tone.LOOK),) for text in wrap(clean(obstacle), width)]
        else:
            dots = Field(Shown(f" {review.digits.dots(PIN_DIGITS)} "))
            told.append((piece("PIN".ljust(_LABEL), Tone.DIM), dots))
        told += [(Piece(text, Tone.LOOK),) for text in wrap(clean(review.note, 400), width)]
        if obstacle and not review.why_no_unlock():
            does = key("u", "unlock", Tone.GOOD)
        elif obstacle or not review.typed:
            does = key_off("Enter", "save")
        else:
            does = key("Enter", "save", Tone.GOOD)
        return [*told, row(does, key("Esc", "back to the draft"), gap=3)]

    def send_due(self) -> None:
        """Send what was typed, once the keys have been quiet for a moment."""
        review = self._review
        if review.take():
            review.say("")
            review.busy = True
            self.send(self._save(review.digits.take()))

    async def _save(self, pin: str) -> None:
        await self._review.save(pin)
        if self._review.saved is not None or self._review.stale:
            self._done(self._review)
            if self.is_current:
                self.dismiss(None)


def _changes(
    changes: list[tuple[str, str, str]], tiers: dict[str, Tier], width: int
) -> tuple[list[Line], list[range]]:
    """Return the changes in rows, and the rows of each."""
    lines: list[Line] = []
    parts: list[range] = []
    for name, old, new in changes:
        start = len(lines)
        lines += [(Piece(text, Tone.STRONG),) for text in wrap(clean(titled(name), 500), width)]
        tier = tiers.get(name.removeprefix("tier of "))
        was, now = worded(old) or "no such rule", worded(new) or "no such rule"
        now += f" ({tier} is built in)" if tier is not None and new else ""
        for label, text, tone in (("was", was, Tone.DIM), ("will be", now, Tone.ACCENT)):
            lines.append((piece(f"  {label}".ljust(_LABEL + 2), Tone.DIM), piece(text, tone)))
        parts.append(range(start, len(lines)))
    return lines, parts
