"""What the sheets that decide share: arming, the keys of the field, scrolling, sending.

One place, since it is what keeps a stray key from allowing anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Protocol

from textual import events

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.sheets.digits import Digits
from entraclaw_tui.dashboard.sheets.scroller import Scroller
from entraclaw_tui.dashboard.sheets.sheet import Sheet, age
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet

_TICK = 0.1


class Reviewed(Protocol):
    """What such a sheet asks of what it reviews."""

    digits: Digits
    scroller: Scroller

    def view_changed(self) -> bool:
        """Take up what the worker says; return whether anything reads differently now."""
        ...

    def disarm(self) -> None:
        """What is on the screen changes."""
        ...

    def painted(self) -> None:
        """It is on the screen now."""
        ...

    def key(self, character: str | None, name: str, ago: float = 0.0) -> bool:
        """Take note of a key; return whether it was one for the field."""
        ...

    def pasted(self) -> None:
        """Text was pasted."""
        ...

    def submit(self) -> None:
        """Take Enter."""
        ...

    def say(self, text: str) -> None:
        """Show a note."""
        ...

    def why_no_unlock(self) -> str:
        """Return why the session cannot be unlocked from here; else empty."""
        ...


class DecisionSheet(Sheet[None]):
    """Base of the sheets that decide. A subclass says what is shown and what its keys do."""

    _review: Reviewed

    def __init__(
        self,
        link: WorkerLink,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._monotonic = monotonic

    def send_due(self) -> None:
        """Send what was typed, once the keys have been quiet for a moment."""
        raise NotImplementedError

    # -- painting

    def on_mount(self) -> None:
        """Paint, arm, and count the seconds."""
        self.rearm()
        self.set_interval(_TICK, self._tick)

    def on_screen_resume(self) -> None:
        """Another sheet went away: take up what changed, and arm anew."""
        self._review.view_changed()
        self.rearm()

    def on_resize(self, event: events.Resize) -> None:
        """Other rows are visible now: arm anew."""
        self.rearm()

    def view_changed(self) -> None:
        """Take up what the worker says."""
        if self._review.view_changed():
            self.rearm()
        else:
            self.repaint()

    def rearm(self) -> None:
        """Paint; no key counts before that has been on the screen for a while."""
        self._review.disarm()
        self.repaint()
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._review.painted()

    def _tick(self) -> None:
        self.send_due()
        self.repaint()

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
        """Scroll what is to be read."""
        self._review.scroller.move(rows)
        self.repaint()

    def action_submit(self) -> None:
        """Send the typed proof."""
        self._review.submit()
        self.repaint()

    def action_unlock(self) -> None:
        """Ask for the PIN that opens the session."""
        reason = self._review.why_no_unlock()
        self.say(reason)
        if not reason:
            self.app.push_screen(UnlockSheet(self._link, self._clock))

    def action_later(self) -> None:
        """Decide nothing."""
        self._review.digits.clear()
        self.dismiss(None)

    # -- deciding

    def say(self, text: str) -> None:
        """Show a note."""
        self._review.say(text)
        self.repaint()

    def send(self, deciding: Coroutine[None, None, None]) -> None:
        """Send a decision; it goes its way even where the sheet is left meanwhile."""

        async def decide() -> None:
            await deciding
            self.view_changed()

        self.app.run_worker(decide(), exit_on_error=False)
        self.repaint()
