"""How far this Mac's clock is from Entra's, by the Date of an answer (RFC 9110, 6.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

WORTH: Final = 120.0
"""Seconds from which the clock is a cause worth naming; Entra forgives some minutes."""


def ahead(headers: Mapping[str, str], now: float) -> float | None:
    """Return by how many seconds Entra's clock is ahead of ours; None where it does not say."""
    text = next((v for k, v in headers.items() if k.lower() == "date"), "")
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError, OSError):
        return None


def clock_hint(headers: Mapping[str, str], now: float) -> str:
    """Return what to do where the clocks are apart; empty where they agree."""
    seconds = ahead(headers, now)
    if seconds is None or abs(seconds) < WORTH:
        return ""
    size = abs(seconds)
    apart = f"{size / 3600:.1f} h" if size >= 7200 else f"{size / 60:.0f} min"
    side = "behind" if seconds > 0 else "ahead of"
    return f"This Mac's clock is {apart} {side} Entra's: set it right, then ask again."
