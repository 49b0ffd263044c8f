"""Clients that ask: four small programs of the pretend Mac, each with its own executable.

They speak `request.sock` by themselves and know nothing of the worker's code. The programs start
with the standard library alone, so nothing heavier is imported at the top of this package.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is not imported: the programs start with this
    from pathlib import Path

    from entraclaw_tui.macos.host import Host


def install(host: Host) -> list[Path]:
    """Put the programs and their jobs into a pretend Mac; return the jobs' definitions."""
    from entraclaw_tui.demo.clients import installing

    return installing.install(host)


def codes(host: Host) -> dict[str, str]:
    """Return the two digits that each program shows right now, by the program's name."""
    from entraclaw_tui.demo.clients import diary

    return diary.codes(host.home)
