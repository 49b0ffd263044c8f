"""Tools that hang, flood, talk nonsense and die: every source says so in time, nothing stays."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.demo.mac import build
from entraclaw_tui.macos.host import DEADLINE, Host
from entraclaw_tui.macos.jobs import read_disabled, read_domain, read_job
from entraclaw_tui.macos.keychain import read_keychain
from entraclaw_tui.macos.signature import read_signature
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed
from tests.support.demo import until
from tests.support.fault_table import Rows

LABEL = "com.entraclaw.agent"
HALF = f"gui/501/{LABEL} = {{\n\tactive count = 1\n\tstate = running\n\truns = 1\n\tpid = 4711\n"
TOGETHER = 20
"""Runs at the same time: most of them only wait."""

FAULTS = {
    # A child that holds the streams, and neither heeds SIGTERM.
    "hangs": "trap '' TERM; sleep 1000 & note $!; cat half; wait",
    "leaves a child": "sleep 1000 & note $!; cat half; exit 0",
    "closes its streams": "exec >&- 2>&- <&-; sleep 1000 & note $!; wait",
    "waits for no child": "sleep 0.01 & note $!; exec sleep 1000",
    "floods": "exec cat /dev/zero",
    "floods the other stream": "exec cat /dev/zero >&2",
    "is garbled": "exec cat garbage",
    "is cut": "exec cat half",
    "says nothing": "exit 0",
    "dies": "cat half; kill -9 $$",
    "aborts": "cat garbage >&2; kill -ABRT $$",
    "fails": "cat garbage >&2; exit 1",
    "is missing": "",
}
WAITED = {"hangs", "leaves a child", "closes its streams", "waits for no child"}
FLOODED = {"floods", "floods the other stream"}


@dataclass(frozen=True)
class Reader:
    """One source, the tool below it and its deadline in seconds."""

    name: str
    tool: str
    deadline: float
    read: Callable[[Host], Awaitable[object]]


READERS = (
    Reader("job", "bin/launchctl", DEADLINE, lambda host: read_job(host, LABEL)),
    Reader("domain", "bin/launchctl", DEADLINE, lambda host: read_domain(host, host.domain)),
    Reader("overrides", "bin/launchctl", DEADLINE, read_disabled),
    Reader("keychain", "usr/bin/security", 10.0, read_keychain),
    Reader(
        "signature",
        "usr/bin/codesign",
        DEADLINE,
        lambda host: read_signature(host, "/bin/sh", verify=False),
    ),
)


@dataclass(frozen=True)
class Run:
    """What came of one run."""

    reader: Reader
    fault: str
    answer: object
    seconds: float


@pytest.fixture
def roots() -> Iterator[Callable[[Reader, str, random.Random], Host]]:
    """Make pretend Macs whose one tool has a fault."""
    made: list[Path] = []

    def make(reader: Reader, fault: str, chance: random.Random) -> Host:
        host = build.prepare(Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp")))
        made.append(host.root)
        tool = host.root / reader.tool
        (host.root / "half").write_text(HALF[: chance.randint(0, len(HALF) - 1)])
        (host.root / "garbage").write_bytes(chance.randbytes(chance.randint(1, 20_000)))
        head = f"cd '{host.root}'; note() {{ echo \"$1\" >> pids; }}; note $$\n"
        tool.write_text(f"#!/bin/sh\n{head}{FAULTS[fault]}\n")
        if fault == "is missing":
            tool.unlink()
        return host

    yield make
    for root in made:
        shutil.rmtree(root, ignore_errors=True)


async def once(reader: Reader, fault: str, host: Host) -> Run:
    start = time.monotonic()
    answer = await reader.read(host)
    return Run(reader, fault, answer, time.monotonic() - start)


def says_what_happened(run: Run) -> bool:
    """Whether the answer is a state that a pane shows, and names the fault where it can."""
    if isinstance(run.answer, Signature):
        # Never a verdict on the code: nobody could look.
        return run.answer.status in ("unverified", "unsigned") and not run.answer.cdhash
    if isinstance(run.answer, dict):
        return run.fault in ("is garbled", "is cut", "says nothing") and not run.answer
    if isinstance(run.answer, Empty):
        return run.reader.name == "keychain" and run.fault in (
            "is garbled",
            "is cut",
            "says nothing",
        )
    if not isinstance(run.answer, Failed) or not run.answer.reason.isprintable():
        return False
    if run.fault in WAITED:
        return "did not answer within" in run.answer.reason
    if run.fault in FLOODED:
        return "wrote more than" in run.answer.reason
    return run.fault != "is missing" or "cannot be run" in run.answer.reason


def still_there(root: Path) -> list[int]:
    """The processes of a run that are still there, whoever they belong to now."""
    try:
        pids = [int(line) for line in (root / "pids").read_text().split()]
    except FileNotFoundError:
        return []
    return [pid for pid in pids if psutil.pid_exists(pid) and not _ended(pid)]


def _ended(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        # What lost its parent is taken by the first process of the machine, sooner or later.
        return process.status() == psutil.STATUS_ZOMBIE and process.ppid() != os.getpid()
    except psutil.NoSuchProcess:
        return True


def plan(runs: int, chance: random.Random) -> list[tuple[Reader, str]]:
    """Every fault and every reader in turn, so that also a short run sees each fault."""
    if runs < len(FAULTS) * len(READERS):
        # The keychain's longer deadline is for the long form.
        quick = [reader for reader in READERS if reader.deadline == DEADLINE]
        return [(quick[n % len(quick)], [*FAULTS][n % len(FAULTS)]) for n in range(runs)]
    pairs = [(reader, fault) for reader in READERS for fault in FAULTS]
    chosen = [pairs[n % len(pairs)] for n in range(runs)]
    chance.shuffle(chosen)
    return chosen


@pytest.mark.parametrize(
    ("runs", "timed"),
    [
        pytest.param(20, False, id="short"),
        pytest.param(500, True, id="long", marks=pytest.mark.fault),
    ],
)
async def test_a_tool_at_fault_is_told_and_leaves_nothing(
    roots: Callable[[Reader, str, random.Random], Host], table: Rows, runs: int, timed: bool
) -> None:
    chance = random.Random(20261124)
    hosts: list[Host] = []
    done: list[Run] = []
    me = psutil.Process()
    await once(READERS[0], "says nothing", roots(READERS[0], "says nothing", chance))
    gc.collect()
    descriptors = me.num_fds()
    chosen = plan(runs, chance)
    for start in range(0, runs, TOGETHER):
        batch = [(r, fault, roots(r, fault, chance)) for r, fault in chosen[start:][:TOGETHER]]
        hosts += [host for _, _, host in batch]
        done += await asyncio.gather(*(once(*one) for one in batch))
    gc.collect()
    told = sum(map(says_what_happened, done))
    untold = Counter((r.reader.name, r.fault) for r in done if not says_what_happened(r))
    until(lambda: not any(still_there(host.root) for host in hosts), "every process has ended")
    until(lambda: me.num_fds() <= descriptors, "every descriptor is closed")
    zombies = [child for child in me.children() if child.status() == psutil.STATUS_ZOMBIE]
    # A job is looked for in two domains, and a busy machine schedules late.
    worst = max(run.seconds - run.reader.deadline for run in done)
    table("tools at fault", len(done), runs)
    table("sources that say what happened", told, runs)
    table("zombies of tools", len(zombies), 0)
    table("descriptors leaked by tools", me.num_fds() - descriptors, 0)
    table("latest past a tool's deadline, seconds", worst, 0.5)
    assert not untold
    assert not zombies
    if timed:
        assert worst < 0.5 + 2.0, "the bound of the design, and slack for a busy machine"
