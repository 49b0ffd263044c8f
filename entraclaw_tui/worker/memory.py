"""Lets big blocks of memory go back to the system as soon as they are free."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
"""mallopt(3), GNU C library."""
_BIG: Final = 1024 * 1024


def keep_small() -> None:
    """Hold on to no freed block of a megabyte or more: checking a PIN takes 16 for a moment.

    The GNU C library would begin to keep such blocks after the first; others do not.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _BIG)
    except (OSError, AttributeError):
        return  # another C library
