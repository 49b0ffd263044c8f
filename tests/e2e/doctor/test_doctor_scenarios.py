"""Each state of the pretend Mac is found for what it is; what mends itself is mended."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from entraclaw_tui.cli.doctor_look import ask_worker
from entraclaw_tui.demo.scenarios.table import SCENARIOS
from entraclaw_tui.demo.stage import Stage
from entraclaw_tui.doctor.evidence import WorkerWord
from entraclaw_tui.doctor.findings import examine
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.finding import Severity

PROGRAM = [sys.executable, "-I", "-m", "entraclaw_tui"]

FOUND = {
    "healthy": set(),
    "crash-loop": {"crash-loop"},
    "ex-config": {"exit-config", "log-folder-missing"},
    "disabled": {"label-disabled"},
    "login-items-off": {"login-items-off"},
    "pended": {"start-pended"},
    "lwcr": {"program-changed"},
    "stale-grant": {"grant-gone", "grant-stale"},
    "no-fda": {"privacy-unread"},
    "tcc-27": {"privacy-moved"},
    "wrong-python": {"items-foreign", "program-adhoc", "two-pythons"},
    "locked-keychain": {"keychain-locked"},
    "foreign-acl": {"items-foreign"},
    "unsigned": {"program-unsigned"},
    "expired-cert": {"certificate-ending"},
    "no-desktop": set(),
}
LATER: dict[str, Callable[[WorkerWord], object]] = {
    # The Keychain has 10 s to answer before the worker says that it does not.
    "foreign-acl": lambda word: word.keychain == "unavailable",
    "expired-cert": lambda word: word.certificates,
}
"""States that the worker learns of after it came up."""


async def told(stage: Stage, what: Callable[[WorkerWord], object]) -> None:
    """Return once the worker says so of itself."""
    async with asyncio.timeout(30):
        while True:
            if what(await ask_worker(stage.host)):
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", FOUND)
async def test_a_state_is_found_for_what_it_is(name: str) -> None:
    with Stage(None, scenario=name, speed=4.0) as stage:
        stage.wait_until_up()
        if name in LATER:
            await told(stage, LATER[name])
        found = await examine(stage.host, ask=lambda: ask_worker(stage.host))
    assert {finding.id for finding in found} == FOUND[name]


def test_every_scenario_is_known_here() -> None:
    assert set(SCENARIOS) == set(FOUND)


async def test_a_hanging_keychain_is_found_while_it_hangs() -> None:
    with Stage(None, scenario="foreign-acl", speed=4.0) as stage:
        stage.wait_until_up()
        await told(stage, lambda word: word.waits_for)
        found = await examine(stage.host, ask=lambda: ask_worker(stage.host))
    assert {finding.id for finding in found} == {"worker-waits"}


@pytest.fixture
def disabled() -> Iterator[Host]:
    with Stage(None, scenario="disabled", speed=4.0) as stage:
        stage.wait_until_up()
        yield stage.host


def doctor(host: Host, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "--root", str(host.root), "doctor", *options],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def test_fix_mends_shows_what_it_runs_and_looks_again(disabled: Host) -> None:
    places = Places.of(disabled)
    places.config.chmod(0o644)
    before = doctor(disabled)
    assert before.returncode == 2
    dry = doctor(disabled, "--fix")
    assert dry.returncode == 2
    assert "Nothing was changed." in dry.stdout
    assert places.config.stat().st_mode & 0o777 == 0o644
    ran = doctor(disabled, "--fix", "--yes")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"runs    /bin/chmod go-rwx {places.config}" in ran.stdout
    assert f"runs    entraclaw-tui --root {disabled.root} agent start --yes" in ran.stdout
    assert ran.stdout.count("\nmended") == 2
    assert "Nothing is left that can be seen from here." in ran.stdout
    assert places.config.stat().st_mode & 0o777 == 0o600
    assert doctor(disabled).returncode == 0


def test_a_crash_loop_tells_its_last_words_and_the_named_command_ends_it() -> None:
    with Stage(None, scenario="crash-loop", speed=20.0) as stage:
        stage.wait_until_up()
        command = ["entraclaw-tui", "--root", str(stage.host.root), "agent", "install", "--yes"]
        for _ in range(20):
            told = doctor(stage.host)
            if "state = spawn scheduled" in told.stdout:
                break  # and not while a start was under way
        assert f"          {' '.join(command)}\n" in told.stdout
        assert "    saw   it wrote last: Error: No such option '--listen'." in told.stdout
        subprocess.run([*PROGRAM, *command[1:]], check=True, capture_output=True, timeout=60)
        assert doctor(stage.host).stdout == "Nothing is wrong that can be seen from here.\n"


def test_fix_for_programs_tells_the_same(disabled: Host) -> None:
    planned = json.loads(doctor(disabled, "--fix", "--json").stdout)
    assert [(one["result"], one["findings"]) for one in planned["repairs"]] == [
        ("planned", ["label-disabled"])
    ]
    done = json.loads(doctor(disabled, "--fix", "--yes", "--json").stdout)
    assert [one["result"] for one in done["repairs"]] == ["mended"]
    assert done["findings"] == []


def test_what_wants_a_person_stays(disabled: Host) -> None:
    Places.of(disabled).plist.unlink()
    ran = doctor(disabled, "--fix", "--yes")
    assert ran.returncode == 2
    assert "wants a person" in ran.stdout or "What is left:" in ran.stdout
    assert "not installed" in ran.stdout
    assert not Places.of(disabled).plist.exists()


def test_looking_only_mends_nothing(disabled: Host) -> None:
    ran = subprocess.run(
        [*PROGRAM, "--root", str(disabled.root), "--readonly", "doctor", "--fix", "--yes"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 64


def test_notes_are_no_trouble(disabled: Host) -> None:
    found = json.loads(doctor(disabled, "--json").stdout)
    assert {one["severity"] for one in found} == {Severity.ERROR.value}
    assert set(found[0]) == {
        "id",
        "severity",
        "sentence",
        "evidence",
        "explanation",
        "repair",
        "about",
        "things",
    }
