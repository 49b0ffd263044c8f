"""Programs of a pretend Mac that ask for tokens, and what each of them is told."""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from typing import Any, Self

from entraclaw_tui.demo.clients import executables

CLIENT = Path(__file__).with_name("raw_client.py")


class Program:
    """An executable of a pretend Mac that asks once, and waits to be told."""

    def __init__(self, root: Path, name: str, scope: str, *, shows_code: bool = False) -> None:
        self.name, self.scope = name, scope
        socket = root / "Users/demo/.config/entraclaw/run/request.sock"
        command = [str(root / "usr/local/bin" / name), "-I", "-S", str(CLIENT), str(socket)]
        command += [name, "yes" if shows_code else "no", scope, f"the test asks for {scope}"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)

    def told(self, kind: str) -> Any:
        """Return what the client was told next; it must be of this kind."""
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], 30.0)[0], f"nothing was told: {kind}"
        line = self._process.stdout.readline()
        found = json.loads(line)
        assert found["kind"] == kind, line
        return found["what"]

    def hears(self, state: str) -> Self:
        """Wait for the end of the request; it must be this one."""
        ended = self.told("ended")
        assert ended["state"] == state, ended
        return self

    def ends(self) -> None:
        """Go away, as a program that was killed does."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it where it still runs; it then withdraws what it asked for."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Programs:
    """The programs of one test; all are ended after it."""

    def __init__(self) -> None:
        self._all: list[Program] = []

    def __call__(
        self, root: Path, name: str, scope: str, *, shows_code: bool = False
    ) -> tuple[Program, dict[str, Any]]:
        program = Program(root, name, scope, shows_code=shows_code)
        self._all.append(program)
        return program, program.told("asked")

    def refused(self, root: Path, name: str, scope: str) -> str:
        """Let a program ask that is not even heard; return the word it is told."""
        program = Program(root, name, scope)
        self._all.append(program)
        return str(program.told("refused"))

    def __len__(self) -> int:
        return len(self._all)

    def close(self) -> None:
        """End them all."""
        for program in self._all:
            program.close()


def newcomer(root: Path, name: str) -> str:
    """Put a program on the Mac that has never asked before, and return its name."""
    executables.add(root / "usr/local", name)
    return name
