"""A program that asks and that a test may end, or let become another one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from entraclaw_tui.ipc.peer import birth_of, program_of
from tests.support.worker_stage import PretendLine


class OtherProcess:
    """A process of its own, and the line it asks by."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(["/bin/sh", "-c", "echo; read x"], stdin=-1, stdout=-1)
        assert self._child.stdout is not None
        self._child.stdout.readline()  # it is the shell by now
        self.pid = self._child.pid

    def line(self, name: str = "notes") -> PretendLine:
        """Return a connection of this process."""
        line = PretendLine(name)
        line.facts = replace(
            line.facts,
            requester=msgspec.structs.replace(line.facts.requester, pid=self.pid),
            process=f"{self.pid}:{birth_of(self.pid)}",
            program=program_of(self.pid),
        )
        return line

    def end(self) -> None:
        """Let it go."""
        self._child.kill()
        self._child.communicate()


@contextmanager
def other_process() -> Iterator[OtherProcess]:
    """Start one; it is gone afterwards."""
    one = OtherProcess()
    try:
        yield one
    finally:
        one.end()
