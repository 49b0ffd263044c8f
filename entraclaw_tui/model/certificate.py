"""When an agent's certificate ends."""

from __future__ import annotations

import math

import msgspec

DAY = 86_400.0


class CertificateEnd(msgspec.Struct, frozen=True):
    """The certificate that an agent proves itself with to Entra."""

    agent: str
    version: int
    """Which version of the agent's key it belongs to."""
    ends_at: float
    """Seconds since 1970; Entra refuses it from then on."""

    def days_left(self, now: float) -> int:
        """Return the whole days that are left; below 0 once it has ended."""
        return math.floor((self.ends_at - now) / DAY)
