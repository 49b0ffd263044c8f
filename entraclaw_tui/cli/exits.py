"""Exit codes, the same everywhere (the larger ones are those of <sysexits.h>)."""

from __future__ import annotations

FINE = 0
WARNED = 1
"""Warnings were found, or a person said no."""
ERRORS = 2
USAGE = 64
NO_MAC = 69
TRY_AGAIN = 75
