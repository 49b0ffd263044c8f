"""The processes above one, its program and the names in its environment (psutil reads)."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

_DEPTH = 32
"""Processes that a chain may have before we stop climbing."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a chain."""

    pid: int
    name: str
    """The executable's own name where it is told, else the kernel's short one."""
    started_at: float


def chain(pid: int, root: int = 0) -> tuple[Process, ...]:
    """Return the process and those above it, nearest first, without launchd.

    `root` is the pid that plays launchd where a pretend Mac has one: nothing above it is of
    that Mac.
    """
    found: list[Process] = []
    seen: set[int] = set()
    while pid > 1 and pid != root and pid not in seen and len(found) < _DEPTH:
        seen.add(pid)
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                found.append(Process(pid, _name(process), process.create_time()))
                pid = process.ppid()
        except psutil.Error:
            break
    return tuple(found)


def variables_of(pid: int) -> frozenset[str]:
    """Return the names in a process's environment; empty where they may not be read."""
    try:
        return frozenset(psutil.Process(pid).environ())
    except (psutil.Error, OSError):
        return frozenset()


def executable_of(pid: int) -> str:
    """Return the path of the running program, or empty where it is not told."""
    try:
        return psutil.Process(pid).exe()
    except psutil.Error:
        return ""


def _name(process: psutil.Process) -> str:
    try:
        executable = process.exe()
    except psutil.Error:
        executable = ""
    return executable.rpartition("/")[2] or process.name()


def remote(processes: tuple[Process, ...]) -> bool:
    """Whether the chain came in over SSH."""
    return any(process.name.startswith("sshd") for process in processes)
