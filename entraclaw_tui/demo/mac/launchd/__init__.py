"""A launchd that really supervises: it reads real plists, starts real processes, reaps them all.

One process a pretend Mac, one thread, no polling. `serve` is its whole life.
"""

from entraclaw_tui.demo.mac.launchd.service import serve

__all__ = ["serve"]
