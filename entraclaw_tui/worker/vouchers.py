"""Vouchers: the tokens by which a blueprint vouches for its agent, and the agent for its user.

They are good for nothing but the next step of the same exchange, live an hour and stay in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from entraclaw_tui.worker.entra_answers import number

_EARLY = 300.0
"""Seconds before its end at which a voucher no longer counts."""


class Vouchers:
    """Vouchers by name. One exchange's lane alone uses them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, ...], tuple[str, float]] = {}

    def get(self, name: tuple[str, ...], fetch: Callable[[], Mapping[str, object]]) -> str:
        """Return the voucher of this name, fetched anew where none is good any more."""
        token, ends = self._kept.get(name, ("", 0.0))
        if self._clock() < ends:
            return token
        answer = fetch()
        token = str(answer["access_token"])
        self._kept[name] = (token, self._clock() + number(answer.get("expires_in"), 0) - _EARLY)
        return token

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
