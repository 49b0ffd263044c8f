"""When a key may allow: some time after the sheet was painted, and after a pause in the keys."""

from __future__ import annotations

AFTER_PAINT = 0.5
"""Seconds for which a sheet must have been on the screen."""
AFTER_KEY = 0.3
"""Seconds without a key before the one that allows: whoever types text does not pause so long."""

_NEVER = float("-inf")


class Arming:
    """Times of the paint and of the last two keys, on a clock that never goes back."""

    def __init__(self) -> None:
        self._painted: float | None = None
        self._last = _NEVER
        self._before = _NEVER
        self._fresh = False

    def disarm(self) -> None:
        """What is on the screen changes: wait for the next paint."""
        self._painted = None
        self._fresh = False

    def painted(self, now: float) -> None:
        """The sheet is on the screen."""
        self._painted = now

    def key(self, now: float) -> None:
        """A key was pressed; whether it means something is not asked here."""
        self._before, self._last = self._last, now
        self._fresh = True

    def take(self) -> bool:
        """Return whether the key pressed last may allow. Each key is good for one answer."""
        fresh, self._fresh = self._fresh, False
        return fresh and self._allows(self._last, self._before)

    def ready(self, now: float) -> bool:
        """Return whether a key pressed now would count."""
        return self._allows(now, self._last)

    def shown(self, now: float) -> bool:
        """Return whether the sheet has been there long enough, whatever the keys did."""
        return self._painted is not None and now - self._painted >= AFTER_PAINT

    def quiet(self, now: float) -> bool:
        """Return whether no key came for long enough."""
        return now - self._last >= AFTER_KEY

    def _allows(self, at: float, before: float) -> bool:
        return self.shown(at) and at - before >= AFTER_KEY
