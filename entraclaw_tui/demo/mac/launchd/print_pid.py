"""`launchctl print pid/N`: the domain of one process, which a look at it creates.

Its coalition bears the name of the job that rooted the process's tree, and needs no privileges.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.lean import ASID


def alive(pid: int) -> bool:
    """Return whether there is such a process, of whomever."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return pid < 1 << 31
    return pid > 0


def root_of(pid: int, jobs: Iterable[Job]) -> Job | None:
    """Return the job that a process is, or descends from: each has a session of its own."""
    try:
        session = os.getsid(pid)
    except OSError:
        return None
    return next((job for job in jobs if job.pid in (pid, session)), None)


def print_pid(pid: int, job: Job | None, looker: int, uid: int, unique: int) -> str:
    """Return what launchd says of a process's domain; `looker` is the launchctl that asks."""
    lines = [
        f"pid/{pid} = {{",
        "\ttype = pid",
        f"\thandle = {pid}",
        "\tactive count = 1",
        "\ton-demand count = 1",
        f"\tcreator = launchctl[{looker}]",
        f"\tcreator euid = {uid}",
        f"\tuniqueid = {unique}",
        "\tsecurity context = {",
        f"\t\tuid = {uid}",
        f"\t\tasid = {ASID}",
        "\t}",
        "",
        "\tdeath port = 0x4344b",
        "",
    ]
    for name in ("services", "unmanaged processes", "endpoints"):
        lines += [f"\t{name} = {{", "\t}", ""]
    lines += [
        "\ttask-special ports = {",
        f"\t\t\t{0x1CE03:#8x} {4:<4d} {'bootstrap':>12s}  (unknown)",
        f"\t\t\t{0x3F03:#8x} {9:<4d} {'access':>12s}  (unknown)",
        "\t}",
        "",
    ]
    if job is not None:
        for kind, number in zip(("resource", "jetsam"), job.coalitions, strict=True):
            lines += [
                f"\t{kind} coalition = {{",
                f"\t\tID = {number}",
                f"\t\ttype = {kind}",
                "\t\tstate = active",
                "\t\tactive count = 1",
                f"\t\tname = {job.label}",
                "\t}",
                "",
            ]
    # The list of properties is empty, and the space before it stays.
    return "\n".join([*lines, "", "\tproperties = ", "}"]) + "\n"
