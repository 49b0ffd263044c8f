"""How long a command takes and what a panel costs, seen from outside."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyte

from tests.support.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over some runs."""

    wall_ms: float
    own_ms: float
    """Processor time of the process itself, not of the tools that it calls."""


def alternate(runs: int, *commands: Sequence[str]) -> list[Cost]:
    """Time commands in turn (A B A B), so that a drifting machine hurts all alike."""
    taken: list[list[tuple[float, float]]] = [[] for _ in commands]
    for run in range(runs + 1):
        for number, command in enumerate(commands):
            start = time.perf_counter()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            wall = time.perf_counter() - start
            own = _own_seconds(process.pid)
            process.wait()
            if run:  # the first fills the caches
                taken[number].append((wall * 1000, own * 1000))
    return [Cost(*(statistics.median(kind) for kind in zip(*t, strict=True))) for t in taken]


def _own_seconds(pid: int) -> float:
    """Return what a process that has ended, and is not waited for yet, has used."""
    exact = Path(f"/proc/{pid}/schedstat")
    if exact.exists():
        return int(exact.read_text().split()[0]) / 1e9
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def first_paint_ms(
    command: list[str], pattern: str, *, columns: int = 120, rows: int = 40
) -> float:
    """Time from the start of a program to the first screen that matches."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, environment())
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        while not re.search(pattern, "\n".join(screen.display)):
            if time.perf_counter() - start > 30:
                raise AssertionError(f"never saw {pattern!r}")
            if select.select([terminal], [], [], 0.05)[0]:
                stream.feed(os.read(terminal, 65536))
        return (time.perf_counter() - start) * 1000
    finally:
        os.kill(pid, signal.SIGTERM)
        while select.select([terminal], [], [], 5)[0]:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:  # it has ended
                break
        os.close(terminal)
        os.waitpid(pid, 0)


def environment() -> dict[str, str]:
    """Return what a person's shell would have: a good terminal, and bytecode that is kept."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "TMUX")}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


@dataclass(frozen=True, slots=True)
class Idle:
    """What a program costs while nobody touches it."""

    cpu_percent: float
    bytes_per_second: float
    memory_mb: float


def idle(terminal: Terminal, seconds: float) -> Idle:
    """Watch one process for a while."""
    process = psutil.Process(terminal.pid)
    terminal.settle(1.0)
    before, drawn, start = process.cpu_times(), len(terminal.raw), time.perf_counter()
    while time.perf_counter() - start < seconds:
        terminal.pump(0.2)
    after, taken = process.cpu_times(), time.perf_counter() - start
    cpu = after.user + after.system - before.user - before.system
    return Idle(
        100 * cpu / taken,
        (len(terminal.raw) - drawn) / taken,
        process.memory_info().rss / 1e6,
    )


def cores() -> int:
    """Return how many processors there are."""
    return os.cpu_count() or 1
