"""Run a module's tests against its mutants, each in a process of its own.

usage: python -m tests.support.mutation MODULE COUNT SEED SECONDS JOBS TEST ...

COUNT 0 means all; SECONDS is the most that a mutant is given. Prints one line of JSON a mutant:
{"line", "what", "killed", "how"}. Only tests that run the module in their own process can notice.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

# Taken in here once: a forked child has them already.
import hypothesis  # noqa: F401
import msal  # noqa: F401
import msgspec  # noqa: F401
import psutil  # noqa: F401
import pytest
import pytest_asyncio  # noqa: F401
import textual.app
import textual.pilot
import textual.widgets  # noqa: F401

from tests.support.mutants import Mutant, mutants_of

NOTICED = 1
"""pytest's exit status when tests failed."""


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)  # noqa: S102


def main() -> None:
    name, count, seed, seconds, jobs, *tests = sys.argv[1:]
    path = Path(*name.split(".")).with_suffix(".py")
    found = mutants_of(path.read_text("utf-8"))
    if int(count):
        found = random.Random(int(seed)).sample(found, min(int(count), len(found)))
    # The unchanged module first: where its tests fail, no mutant says anything.
    plain = Mutant(0, "unchanged", path.read_text("utf-8"))
    began = time.monotonic()
    assert list(run([plain], name, path, tests, float(seconds), 1)) == [(plain, 0)]
    # A mutant that goes round for ever need not do so for the whole time.
    enough = min(float(seconds), 5.0 + 4.0 * int(jobs) * (time.monotonic() - began))
    for mutant, status in run(found, name, path, tests, enough, int(jobs)):
        told = {"line": mutant.line, "what": mutant.what, "killed": status != 0, "how": status}
        print(json.dumps(told), flush=True)


def run(
    mutants: Iterable[Mutant], name: str, path: Path, tests: list[str], seconds: float, jobs: int
) -> Iterator[tuple[Mutant, int]]:
    """Yield each mutant with its pytest status, or minus the signal that ended it."""
    waiting = list(mutants)
    running: dict[int, tuple[Mutant, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop(0)
            pid = os.fork()
            if pid == 0:
                _child(mutant, name, path, tests)
            running[pid] = (mutant, time.monotonic() + seconds)
        for pid, (mutant, ends) in list(running.items()):
            if time.monotonic() > ends:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del running[pid]
                yield mutant, os.waitstatus_to_exitcode(status)
        time.sleep(0.02)


def _child(mutant: Mutant, name: str, path: Path, tests: list[str]) -> None:
    os.setsid()
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    sys.stdout = sys.stderr = io.StringIO()
    for known in [n for n in sys.modules if n.partition(".")[0] in ("entraclaw_tui", "tests")]:
        del sys.modules[known]
    sys.meta_path.insert(0, _Changed(name, path, mutant.source))
    # Preloaded plugins can no longer be rewritten; nobody reads what a child says.
    options = [
        "-x",
        "-q",
        "--assert=plain",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-m",
        "not fault",
    ]
    os._exit(int(pytest.main([*options, *tests])))


if __name__ == "__main__":
    main()
