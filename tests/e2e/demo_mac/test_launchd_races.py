"""A hundred rounds of bootstrap, print and bootout, as fast as a program can ask for them.

The programs know nothing of a pretend Mac: they call `launchctl` and act on what it says. Every
outcome has to be one that launchd is known for, and the next one has to follow from it.
"""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from entraclaw_tui.macos.jobs import parse_service

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

ROUNDS = 100
LABEL = "example.contoso.raced"
TARGET = f"gui/501/{LABEL}"
EIO = (
    "Bootstrap failed: 5: Input/output error\n"
    "Try re-running the command as root for richer errors.\n"
)
ABSENT = f'Bad request.\nCould not find service "{LABEL}" in domain for user gui: 501\n'
GONE = "Boot-out failed: 3: No such process\n"
ENDING = "Boot-out failed: 36: Operation now in progress\n"
LIVING = frozenset({"spawn scheduled", "spawning", "xpcproxy", "running"})
DYING = frozenset({"SIGTERMed", "SIGKILLed"})

ENDS_LATE = "trap 'sleep 0.05; exit 0' TERM; while :; do sleep 0.01; done"
JOBS = (
    ("/bin/sleep", "1000"),
    ("/bin/sh", "-c", ENDS_LATE),
    ("/bin/sh", "-c", "exit 0"),
    ("/nowhere/at/all",),
)

CURE = """
# What every installer does: boot it out, wait until it is gone, load it again.
launchctl bootout "$target" 2>/dev/null
while launchctl print "$target" >/dev/null 2>&1; do :; done
launchctl bootstrap gui/501 "$plist"
"""
IMPATIENT = """
# What every installer did first.
launchctl bootout "$target"
launchctl bootstrap gui/501 "$plist"
"""


class Program:
    """Somebody's program that drives one job, and remembers what it heard."""

    def __init__(self, mac: Mac, plist: Path) -> None:
        self._mac = mac
        self._plist = str(plist)
        self.heard: Counter[tuple[str, int, str]] = Counter()

    def ask(self, *words: str) -> tuple[int, str]:
        status, out, err = self._mac.launchctl(*words)
        assert not (status and out), "what fails says nothing on standard output"
        self.heard[words[0], status, err] += 1
        return status, out

    def bootstrap(self) -> int:
        return self.ask("bootstrap", "gui/501", self._plist)[0]

    def bootout(self) -> int:
        return self.ask("bootout", TARGET)[0]

    def look(self) -> tuple[str, int | None]:
        """Return the job's state and pid; an empty state where launchd does not know it."""
        status, out = self.ask("print", TARGET)
        if status:
            return "", None
        job = parse_service(out)
        assert job is not None
        assert job.complete
        return job.state, job.pid


def test_a_hasty_program_hears_only_what_launchd_says(mac: Mac) -> None:
    chance = random.Random(4711)
    plist = mac.write(LABEL, "/bin/sleep", "1000")
    program = Program(mac, plist)
    for turn in range(ROUNDS):
        mac.write(LABEL, *JOBS[turn % len(JOBS)], RunAtLoad=True, ExitTimeOut=1)
        assert program.bootstrap() == 0, "what is gone can be loaded"
        state, pid = program.look()
        assert state in LIVING | {"not running"}, "what was loaded is known"
        assert pid is None or state in LIVING
        if chance.random() < 0.5:
            assert program.bootstrap() == 5, "what is loaded cannot be loaded"
        assert program.bootout() == 0
        after, old = program.look()
        assert (after in DYING and old is not None) or (after, old) == ("", None)
        while after:
            # It may go at any moment, so that both answers are right, but only in this order.
            loaded = program.bootstrap() if chance.random() < 0.3 else None
            again = program.bootout() if loaded is None and chance.random() < 0.3 else None
            after, now = program.look()
            if loaded == 0:
                assert after in LIVING | {"not running"}
                assert now != old
                assert program.bootout() == 0
                after, old = program.look()
                continue
            assert again in (None, 3, 36)
            assert again != 3 or not after
            assert (after in DYING and now == old) or (after, now) == ("", None)
        assert program.bootout() == 3, "what is gone cannot go"
    assert set(program.heard) <= {
        ("bootstrap", 0, ""),
        ("bootstrap", 5, EIO),
        ("print", 0, ""),
        ("print", 113, ABSENT),
        ("bootout", 0, ""),
        ("bootout", 3, GONE),
        ("bootout", 36, ENDING),
    }
    assert program.heard["bootstrap", 5, EIO] > ROUNDS // 4
    assert program.heard["bootout", 0, ""] >= ROUNDS
    assert mac.launchctl("print-disabled", "gui/501")[1].count(LABEL) == 0


def shell(mac: Mac, script: str, plist: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", f"plist='{plist}' target={TARGET}\n{script}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": f"{mac.host.root}/bin:/usr/bin:/bin"},
    )


def wait_for_lines(mac: Mac, out: Path, count: int) -> None:
    """Return once the job has written so many lines: it hears SIGTERM by then."""
    mac.until(lambda: out.exists() and out.read_text().count("\n") >= count, "it is ready")


def test_a_shell_that_waits_never_fails(mac: Mac) -> None:
    plist = mac.load(LABEL, "/bin/sh", "-c", ENDS_LATE, RunAtLoad=True)
    pids = set()
    for _ in range(ROUNDS // 4):
        pids.add(mac.until_job(LABEL, lambda job: job.alive, "it runs").pid)
        ran = shell(mac, CURE, plist)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert len(pids) == ROUNDS // 4, "each round has a new process"


def test_a_shell_that_does_not_wait_fails_as_it_does_on_a_mac(mac: Mac) -> None:
    out = mac.host.root / "out.log"
    slow = "trap 'sleep 0.5; exit 0' TERM; echo ready; while :; do sleep 0.01; done"
    plist = mac.load(LABEL, "/bin/sh", "-c", slow, RunAtLoad=True, StandardOutPath=str(out))
    for turn in range(ROUNDS // 20):
        wait_for_lines(mac, out, turn + 1)
        ran = shell(mac, IMPATIENT, plist)
        assert (ran.returncode, ran.stdout, ran.stderr) == (5, "", EIO)
        mac.until(lambda: mac.job(LABEL) is None, "the old one is gone")
        assert mac.launchctl("bootstrap", "gui/501", str(plist)) == (0, "", "")
