"""Small wrongs put into the modules that decide: how many of them a test notices."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.support.fault_table import Rows

UNIT = "tests/unit/worker/"
LETTER = UNIT + "test_rules_to_the_letter.py"
TIMES = UNIT + "test_time_and_ends.py"
ASKS = UNIT + "test_ask_and_allow.py"


@dataclass(frozen=True)
class Decider:
    """A module that decides, and the tests that know it, the quickest first."""

    module: str
    tests: tuple[str, ...]


QUICK = (
    Decider("worker.states", (LETTER,)),
    Decider("worker.chain", (LETTER,)),
    Decider("worker.policy", (LETTER,)),
    Decider("worker.rules", (UNIT + "test_policy.py",)),
    Decider("worker.fatigue", (UNIT + "test_fatigue_to_the_letter.py",)),
    Decider("worker.delays", (UNIT + "test_delays_to_the_letter.py",)),
    Decider("worker.sessions", (UNIT + "test_sessions_to_the_letter.py",)),
    Decider("worker.permit", (UNIT + "test_permits_to_the_letter.py", UNIT + "test_pin_permit.py")),
    Decider(
        "worker.audit_file",
        (UNIT + "test_audit_files_to_the_letter.py", UNIT + "test_audit_files_compared.py"),
    ),
    Decider("text", ("tests/unit/text",)),
)
SLOW = (
    Decider(
        "worker.decisions",
        (
            UNIT + "test_decisions_to_the_letter.py",
            UNIT + "test_decisions_too_late.py",
            ASKS,
            TIMES,
            UNIT + "test_batch.py",
            UNIT + "test_policy.py",
        ),
    ),
    Decider("worker.endings", (UNIT + "test_endings_to_the_letter.py",)),
    Decider("worker.asks", (UNIT + "test_asks_to_the_letter.py", ASKS)),
    Decider(
        "worker.silent",
        (UNIT + "test_silent_to_the_letter.py", UNIT + "test_live_grant.py"),
    ),
    Decider("worker.batch", (UNIT + "test_batch.py",)),
    Decider("worker.policy_desk", (UNIT + "test_policy.py",)),
    Decider("worker.grants", (UNIT + "test_grants_to_the_letter.py", TIMES, ASKS)),
)


def noticed(decider: Decider, count: int) -> tuple[int, int, list[str]]:
    """Return how many mutants were noticed, how many there were, and the others in words."""
    command = [sys.executable, "-B", "-m", "tests.support.mutation"]
    ran = subprocess.run(
        [*command, f"entraclaw_tui.{decider.module}", str(count), "30", "60", "2", *decider.tests],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    left = [f"{decider.module}:{one['line']} {one['what']}" for one in found if not one["killed"]]
    return len(found) - len(left), len(found), left


def test_a_wrong_in_what_decides_is_noticed(table: Rows) -> None:
    """The short form: a few mutants of two small modules."""
    killed = total = 0
    for decider in QUICK[:2]:
        some, all_of_them, _ = noticed(decider, 2)
        killed, total = killed + some, total + all_of_them
    table("mutants of the modules that decide, noticed", killed, total)
    assert killed >= 0.8 * total


@pytest.mark.fault
@pytest.mark.parametrize("decider", [*QUICK, *SLOW], ids=lambda decider: decider.module)
def test_four_of_five_wrongs_are_noticed(decider: Decider, table: Rows) -> None:
    killed, total, left = noticed(decider, 0)
    table(f"mutants of {decider.module} noticed, of {total}: %", 100.0 * killed / total, ">= 80")
    print(*left, sep="\n")
    assert killed >= 0.8 * total, left
