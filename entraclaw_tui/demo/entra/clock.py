"""The authority's clock, which may go wrong on order."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.macos.host import Host


def offset(where: Path) -> float:
    """Return by how many seconds the authority's clock is ahead of ours."""
    try:
        return float((where / "clock").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0.0


def set_clock(host: Host, seconds: float) -> None:
    """Let the authority's clock be so many seconds ahead of ours, from the next request on."""
    where = folder(host)
    fresh = where / "clock.new"
    fresh.write_text(f"{seconds:g}", encoding="ascii")
    fresh.replace(where / "clock")
