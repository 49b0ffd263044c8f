"""The Mac of a story: what happens on it besides the panel, in words that a story can use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from tests.support.asking import Program, Programs, newcomer
from tests.support.demo import Headless, until

CLIENTS = ("mcp-notes", "ide-plugin-entra", "mail-helper", "report-bot")
"""The demo's own programs; in a story they ask only when it says so."""


class Mac(Headless):
    """A pretend Mac whose programs are quiet until the story lets one ask."""

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder, *options)
        self._programs = Programs()

    @property
    def places(self) -> Places:
        """Where everything lies."""
        return Places.of(Host.open(self.root))

    # -- programs

    def asks(
        self, name: str, scope: str, *, shows_code: bool = False
    ) -> tuple[Program, dict[str, Any]]:
        """Let one of the Mac's programs ask; return it and what it was told at once."""
        return self._programs(self.root, name, scope, shows_code=shows_code)

    def refuses(self, name: str, scope: str) -> str:
        """Let a program ask that the worker will not hear; return why, in its word."""
        return self._programs.refused(self.root, name, scope)

    def newcomer(self, name: str) -> str:
        """Put a program here that has never asked before."""
        return newcomer(self.root, name)

    def quiet(self) -> None:
        """Stop the demo's own programs, and leave nothing of theirs waiting."""
        for name in CLIENTS:
            self.launchctl("bootout", f"gui/501/example.contoso.{name}")
        self._nothing_waits()

    def _nothing_waits(self) -> None:
        until(lambda: not self.look("requests"), "the end of what the programs asked for")

    def ends_programs(self) -> None:
        """End what a story let ask, and wait until nothing of it waits any more."""
        if self._programs:
            self._programs.close()
            self._programs = Programs()
            self._nothing_waits()

    def sshd(self) -> list[str]:
        """Return the start of a command that then runs below an sshd, as a login from afar."""
        start = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
        there = self.root / "usr/local/bin" / self.newcomer("sshd-session")
        return [str(there), "-I", "-S", "-c", start]

    # -- the job

    def launchctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the Mac's launchctl."""
        return self.tool("bin/launchctl", *words)

    def tool(self, path: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the Mac's tools by its path below the root."""
        return subprocess.run(
            [str(self.root / path), *words], capture_output=True, text=True, check=False, timeout=60
        )

    def unloads_the_worker(self) -> None:
        """Take the agent's job out of launchd, as `launchctl bootout` by somebody else."""
        done = self.launchctl("bootout", f"gui/501/{LABEL}")
        assert done.returncode == 0, done.stderr

    def kills_the_worker(self) -> int:
        """Kill the worker's process and return its pid."""
        pid = self.worker_pid()
        os.kill(pid, signal.SIGKILL)
        return pid

    # -- Entra

    def entra(self, *words: str) -> None:
        """Say something to the demo authority: `fault 429`, `consent Mail.Read`."""
        done = self.command("demo", "entra", *words)
        assert done.returncode == 0, done.stderr

    # -- the Mac's own tools

    @contextmanager
    def hangs(self, tool: str) -> Iterator[None]:
        """Let a tool never answer while the block runs."""
        path = self.root / tool
        kept = path.with_name(f".{path.name}.kept")
        path.rename(kept)
        path.write_text("#!/bin/sh\nexec sleep 600\n")
        path.chmod(0o755)
        try:
            yield
        finally:
            kept.replace(path)

    # -- the files

    def prints(self, *lines: str) -> None:
        """Let the agent print lines on its standard output."""
        log = os.open(self.places.agent_out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(log, "w") as file:
            file.writelines(f"{line}\n" for line in lines)


@contextmanager
def a_mac(*options: str, quiet: bool = True) -> Iterator[Mac]:
    """Run a pretend Mac in a short folder (a socket's path has 103 bytes at most)."""
    folder = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    try:
        with Mac(folder, *options) as mac:
            if quiet:
                mac.quiet()
            try:
                yield mac
            finally:
                mac.ends_programs()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
