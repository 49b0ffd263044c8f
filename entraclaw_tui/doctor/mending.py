"""Carries out the repairs that are ours to do: modes and folders below the home.

The job's repairs are commands of our own program; whoever calls hands in how those are run.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from entraclaw_tui.doctor.repairs import CHMOD, MKDIR, OWN
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.finding import Finding, Repair

RunOwn = Callable[[tuple[str, ...]], Awaitable[str]]
"""Runs our own program with these arguments; returns what went wrong, empty where nothing did."""


def automatic(findings: list[Finding]) -> list[Repair]:
    """Return what may be carried out without a person: files first, then the job, each once."""
    wanted = [f.repair for f in findings if f.repair is not None and f.repair.automatic]
    return sorted(
        {repair.command: repair for repair in wanted}.values(),
        key=lambda repair: repair.command[0] == OWN,
    )


async def carry_out(host: Host, repair: Repair, own: RunOwn) -> str:
    """Do one repair; return what went wrong, empty where nothing did."""
    if not repair.automatic:
        return "This repair wants a person."
    tool, *arguments = repair.command
    if tool == OWN:
        return await own(tuple(arguments))
    try:
        if tool == CHMOD:
            mode, *paths = arguments
            for path in paths:
                await asyncio.to_thread(_chmod, host, path, mode)
            return ""
        if tool == MKDIR:
            for path in arguments[3:]:
                await asyncio.to_thread(_make, host, path)
            return ""
    except OSError as error:
        return f"{error.filename or tool}: {error.strerror or error}"
    except ValueError as error:
        return str(error)
    return f"{tool} is no tool of a repair."


def _chmod(host: Host, path: str, mode: str) -> None:
    """Change the mode of a file or folder of ours; never through a link."""
    _inside(host, path)
    now = Path(path).lstat().st_mode
    if stat.S_ISLNK(now):
        raise ValueError(f"{path} is a link.")
    Path(path).chmod(_mode(stat.S_IMODE(now), mode))


def _mode(before: int, wanted: str) -> int:
    match wanted:
        case "go-rwx":
            return before & 0o700
        case "u+rwx":
            return before | 0o700
        case _:
            return int(wanted, 8)


def _make(host: Host, path: str) -> None:
    _inside(host, path)
    Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)


def _inside(host: Host, path: str) -> None:
    """Raise ValueError for a path outside of the home: no repair of ours reaches further."""
    home = host.home.resolve()
    parent = Path(path).parent.resolve()
    if not (parent / Path(path).name).is_relative_to(home):
        raise ValueError(f"{path} is outside of your home.")
