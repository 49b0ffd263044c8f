"""Wrong PINs cost time: more and more for the process that gave them, and some for all.

Denying is never delayed. A process can start others, so there is also one count for all processes
that have never given the right PIN.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.clock import Clock

FREE: Final = 2
"""Wrong PINs that cost nothing."""
FIRST: Final = 5.0
LONGEST: Final = 900.0
CROWD: Final = 10
"""Wrong PINs of strangers, all together, within CROWD_SECONDS."""
CROWD_SECONDS: Final = 600.0
_REMEMBERED: Final = 500


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    until: float = 0.0


class Delays:
    """Counts in memory; the strangers' count begins with what the audit knows."""

    def __init__(self, clock: Clock, wrong_lately: int = 0) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._proven: OrderedDict[str, None] = OrderedDict()
        self._strangers: list[float] = [clock.mono()] * min(wrong_lately, CROWD)

    def check(self, process: str) -> None:
        """Raise WireError `wrong_pin` with `retry_after` while this process has to wait."""
        left = self.left(process)
        if left > 0:
            raise WireError(
                Code.WRONG_PIN,
                f"Too many wrong PINs: wait {math.ceil(left)} s.",
                "Denying works meanwhile.",
                float(math.ceil(left)),
            )

    def left(self, process: str) -> float:
        """Return how many seconds this process has to wait, 0 for none."""
        now = self._clock.mono()
        tries = self._tries.get(process)
        left = tries.until - now if tries is not None else 0.0
        if process not in self._proven:
            self._strangers = [at for at in self._strangers if now - at < CROWD_SECONDS]
            if len(self._strangers) >= CROWD:
                left = max(left, self._strangers[-CROWD] + CROWD_SECONDS - now)
        return max(left, 0.0)

    def wrong(self, process: str) -> float:
        """Count a wrong PIN; return how many seconds to wait now."""
        now = self._clock.mono()
        tries = self._tries.pop(process, None) or _Tries()
        tries.wrong += 1
        if tries.wrong > FREE:
            tries.until = now + min(LONGEST, FIRST * 2.0 ** min(tries.wrong - FREE - 1, 16))
        self._tries[process] = tries
        while len(self._tries) > _REMEMBERED:
            self._tries.popitem(last=False)
        if process not in self._proven:
            self._strangers.append(now)
        return self.left(process)

    def right(self, process: str) -> None:
        """Forget the wrong PINs of this process: it has given the right one."""
        self._tries.pop(process, None)
        self._proven[process] = None
        while len(self._proven) > _REMEMBERED:
            self._proven.popitem(last=False)
