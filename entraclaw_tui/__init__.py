"""The control panel of an agent that acts for a person on a Mac."""

from __future__ import annotations

__version__ = "0.1.0"
