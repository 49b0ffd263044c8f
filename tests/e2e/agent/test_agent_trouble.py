"""What goes wrong on real Macs: races, refusals, jobs that will not end, and ctrl+c."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import pytest

from entraclaw_tui.macos import agent_plans
from entraclaw_tui.macos.agent_seen import Seen
from entraclaw_tui.macos.agent_steps import Kind, Plan, Result
from entraclaw_tui.macos.places import LABEL

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentMac

TARGET = f"gui/501/{LABEL}"
SLEEP = ("/bin/sleep", "1000")


async def test_a_start_right_after_a_bootout_waits_for_the_end(
    mac: AgentMac, alive: Callable[[int], bool]
) -> None:
    mac.write_stubborn(ExitTimeOut=1)
    mac.load()
    old = mac.stubborn_runs()
    assert mac.launchctl("bootout", TARGET)[0] == 0
    assert mac.launchctl("bootstrap", "gui/501", str(mac.places.plist))[0] == 5, "the race is on"
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 0, outcome
    assert [done.kind for done in outcome.done][:2] == [Kind.BOOTOUT, Kind.GONE]
    assert not alive(old)
    assert mac.stubborn_runs() != old


async def test_a_restart_outwaits_a_job_that_ignores_sigterm(
    mac: AgentMac, alive: Callable[[int], bool]
) -> None:
    mac.write_stubborn(ExitTimeOut=1)
    mac.load()
    old = mac.stubborn_runs()
    outcome = await mac.drive(agent_plans.restart)
    assert outcome.exit == 0, outcome
    assert [done.kind for done in outcome.done] == [Kind.KICKSTART, Kind.RUNNING]
    assert not alive(old)
    assert mac.stubborn_runs() != old
    assert "service state: SIGKILLed" in mac.log()


def test_a_long_wait_says_so_once(mac: AgentMac, alive: Callable[[int], bool]) -> None:
    mac.write_stubborn(ExitTimeOut=3)
    mac.load()
    old = mac.stubborn_runs()
    ran = mac.command("uninstall", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("Wait until the job is gone: this may take up to 13 s.\n") == 1
    assert not alive(old)
    assert not mac.places.plist.exists()


async def test_a_job_that_never_ends_is_not_waited_for_for_ever(mac: AgentMac) -> None:
    mac.write_stubborn(ExitTimeOut=0)
    mac.load()
    pid = mac.stubborn_runs()

    def impatient(seen: Seen) -> Plan:
        plan = agent_plans.stop(seen)
        assert {step.seconds for step in plan.steps if step.kind is Kind.GONE} == {30.0}
        steps = tuple(msgspec.structs.replace(step, seconds=0.2) for step in plan.steps)
        return msgspec.structs.replace(plan, steps=steps)

    outcome = await mac.drive(impatient)
    assert (outcome.exit, outcome.left) == (75, 1)
    assert f"still ending (state SIGTERMed, pid {pid})" in outcome.sentence
    assert "again" in outcome.hint
    os.kill(pid, signal.SIGKILL)
    mac.until(lambda: mac.job() is None, "it is gone")
    assert (await mac.drive(agent_plans.stop)).exit == 0


def test_ctrl_c_says_where_it_stopped_and_a_stop_stays_a_stop(mac: AgentMac) -> None:
    mac.write_stubborn(ExitTimeOut=30)
    mac.load()
    pid = mac.stubborn_runs()
    with subprocess.Popen(
        mac.line("stop", "--yes"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background of a shell ignores ctrl+c, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "3. Wait until the job is gone" in line:
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert err.startswith("Interrupted in step 3 of 4 (wait until the job is gone);")
    assert "Run the same command again" in err
    assert "Traceback" not in err
    assert f'"{LABEL}" => disabled' in mac.overrides()
    os.kill(pid, signal.SIGKILL)
    mac.until(lambda: mac.job() is None, "it is gone")
    assert mac.command("stop", "--yes").returncode == 0


def test_two_commands_at_once_are_one_too_many(mac: AgentMac) -> None:
    mac.write_stubborn(ExitTimeOut=30)
    mac.load()
    old = mac.stubborn_runs()
    with subprocess.Popen(
        mac.line("stop", "--yes"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        for line in first.stdout:
            if "3. Wait until the job is gone" in line:
                break
        second = mac.command("start", "--yes", "--json")
        assert second.returncode == 75
        said = json.loads(second.stdout)["outcome"]
        assert said["sentence"] == (
            f"`entraclaw-tui agent stop` drives the job just now (pid {first.pid})."
        )
        assert mac.command("start").returncode == 0, "a dry run may look at any time"
        os.kill(old, signal.SIGKILL)
        assert first.wait(20) == 0
    assert mac.command("start", "--yes").returncode == 0
    assert mac.stubborn_runs() != old


@pytest.mark.parametrize(
    ("command", "how"),
    [
        (("/bin/sh", "-c", "exit 3"), "last exit code 3"),
        (("/bin/sh", "-c", "kill -SEGV $$"), "last terminating signal Segmentation fault: 11"),
        (("/nowhere/python",), "last exit code 78: EX_CONFIG"),
        (("/bin/sh", "-c", "exit 0"), "last exit code 0"),
    ],
)
async def test_a_job_that_ends_at_once_was_not_started(
    mac: AgentMac, command: tuple[str, ...], how: str
) -> None:
    mac.write(*command)
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 2
    assert outcome.sentence == f"The agent was started and ended at once: {how}."
    assert outcome.hint


async def test_a_refusal_that_passes_is_tried_again(mac: AgentMac) -> None:
    tries = mac.interpose(
        'if [ "$1" = bootstrap ]; then echo x >> "$scratch"\n'
        '[ $(wc -l < "$scratch") -lt 3 ] && exit 5; fi'
    )
    mac.write(*SLEEP)
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 0, outcome
    assert tries.read_text().count("x") == 3


async def test_a_refusal_that_stays_is_told_in_words(mac: AgentMac) -> None:
    tries = mac.interpose('if [ "$1" = bootstrap ]; then echo x >> "$scratch"; exit 5; fi')
    mac.write(*SLEEP)
    outcome = await mac.drive(agent_plans.start)
    assert tries.read_text().count("x") == 4
    assert (outcome.exit, outcome.left) == (2, 2)
    assert outcome.sentence == "launchd refused, and tells only root why. (launchctl: 5)"
    assert "doctor" in outcome.hint


async def test_a_refusal_for_good_is_not_tried_again(mac: AgentMac) -> None:
    tries = mac.interpose('if [ "$1" = bootstrap ]; then echo x >> "$scratch"; exit 125; fi')
    mac.write(*SLEEP)
    outcome = await mac.drive(agent_plans.start)
    assert tries.read_text().count("x") == 1
    assert outcome.exit == 2
    assert "Login Items" in outcome.hint


async def test_an_exit_status_is_no_proof(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.interpose('if [ "$1" = bootstrap ]; then "$real" "$@"; exit 5; fi')
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 0, "it was loaded, whatever launchctl said"
    assert outcome.done[1].said == "loaded, though launchctl said 5"
    mac.interpose('[ "$1" = bootout ] && exit 5')
    refused = await mac.drive(agent_plans.stop)
    assert (refused.exit, refused.done[-1].result) == (2, Result.FAILED)
    mac.interpose('[ "$1" = disable ] && exit 0')
    unheard = await mac.drive(agent_plans.stop)
    assert unheard.exit == 2
    assert "still has the job as not disabled" in unheard.sentence
    mac.interpose('[ "$1" = bootstrap ] && exit 0')
    nothing = await mac.drive(agent_plans.start)
    assert nothing.exit == 2
    assert "launchd has none" in nothing.sentence


def test_a_launchd_that_does_not_answer(mac: AgentMac) -> None:
    mac.turn_off()
    mac.write(*SLEEP)
    ran = mac.command("start", "--yes")
    assert ran.returncode == 75
    assert ran.stderr
