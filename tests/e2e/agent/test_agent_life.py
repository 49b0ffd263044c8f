"""The agent's job from its installation to its end, on a launchd that really supervises."""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos import agent_plans
from entraclaw_tui.macos.agent_plist import definition, make_folders
from entraclaw_tui.macos.agent_steps import Kind
from entraclaw_tui.macos.places import LABEL

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentMac

VERBS = ("install", "uninstall", "start", "stop", "restart", "enable", "disable")
SLEEP = ("/bin/sleep", "1000")


def everything(mac: AgentMac) -> tuple[object, ...]:
    """Return all that a dry run could have changed."""
    job = mac.job()
    plist = mac.places.plist
    files = sorted(str(path) for path in mac.host.home.rglob("*"))
    written = (plist.read_bytes(), plist.stat().st_mtime_ns) if plist.exists() else None
    return (job and (job.pid, job.runs, job.state), written, files, mac.overrides())


def test_a_dry_run_changes_nothing_where_nothing_is(mac: AgentMac) -> None:
    before = everything(mac)
    said = {verb: mac.command(verb) for verb in VERBS}
    assert everything(mac) == before
    assert {verb: ran.returncode for verb, ran in said.items()} == {
        **dict.fromkeys(VERBS, 0),
        "start": 2,
        "restart": 2,
    }
    assert "Write the job's definition" in said["install"].stdout
    assert "nothing was changed" in said["install"].stdout
    assert "agent install" in said["start"].stderr


def test_a_dry_run_changes_nothing_where_the_job_runs(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    mac.running()
    before = everything(mac)
    said = {verb: mac.command(verb) for verb in VERBS}
    assert everything(mac) == before
    assert {ran.returncode for ran in said.values()} == {0}
    assert "-  <string>/bin/sleep</string>" in said["install"].stdout.replace("    <", "  <")
    assert f"$ /bin/launchctl bootout gui/501/{LABEL}" in said["stop"].stdout
    assert f"$ /bin/launchctl kickstart -k gui/501/{LABEL}" in said["restart"].stdout
    assert str(mac.host.root) not in said["uninstall"].stdout


def test_install_runs_the_real_worker_and_uninstall_leaves_no_trace(mac: AgentMac) -> None:
    mac.run_a_copy()
    ran = mac.command("install", "--yes", "--json")
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert (said["dry_run"], said["plan"]["domain"], said["outcome"]["exit"]) == (
        False,
        "gui/501",
        0,
    )
    assert plistlib.loads(mac.places.plist.read_bytes()) == definition(mac.host, sys.executable)
    pid = mac.running().pid
    assert f"pid {pid} in gui/501" in said["outcome"]["done"][-1]["said"]
    assert mac.places.install_record.stat().st_mode & 0o777 == 0o600

    again = mac.command("install", "--yes")
    assert (again.returncode, mac.running().pid) == (0, pid)
    assert "runs already" in again.stdout

    mac.launchctl("disable", f"gui/501/{LABEL}")
    gone = mac.command("uninstall", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert mac.job() is None
    assert not mac.places.plist.exists()
    assert f'"{LABEL}" => disabled' not in mac.overrides()
    assert mac.places.config_dir.is_dir(), "settings stay unless told"


def test_install_after_an_upgrade_runs_the_new_program(mac: AgentMac) -> None:
    mac.run_a_copy()
    assert mac.command("install", "--yes").returncode == 0
    pid = mac.running().pid
    with (mac.host.root / "copy/entraclaw_tui/__init__.py").open("a") as file:
        file.write("# newer\n")
    ran = mac.command("install", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert "The package changed since the agent was installed." in ran.stdout
    assert mac.running().pid != pid
    assert "runs already" in mac.command("install", "--yes").stdout


def test_uninstall_takes_settings_and_secrets_only_when_told(mac: AgentMac) -> None:
    make_folders(mac.places)
    mac.places.config.write_text("x")
    keychain = PretendKeychain(mac.places.login_keychain)
    keychain.create()
    for service, account in ((LABEL, "key:bot:v1"), (LABEL, "pin:v1"), ("Safari", "demo")):
        keychain.add(service, account, b"not a secret", creator="/usr/bin/security")
    assert mac.command("uninstall", "--yes").returncode == 0
    both = ("uninstall", "--delete-settings", "--delete-keychain")
    assert mac.command(*both).stdout.count("(cannot be undone)") == 3
    assert mac.places.config.exists()
    assert len(keychain.items()) == 3
    ran = mac.command(*both, "--yes")
    assert ran.returncode == 0, ran.stderr
    assert not mac.places.config_dir.exists()
    assert [item.service for item in keychain.items()] == [b"Safari"]


async def test_start_says_it_where_the_job_runs(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    pid = mac.running().pid
    outcome = await mac.drive(agent_plans.start)
    assert (outcome.exit, outcome.done) == (0, ())
    assert f"runs already: pid {pid} in gui/501" in outcome.sentence
    assert mac.running().pid == pid


async def test_a_disabled_label_is_enabled_before_it_is_loaded(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.launchctl("disable", f"gui/501/{LABEL}")
    assert mac.launchctl("bootstrap", "gui/501", str(mac.places.plist))[0] == 5
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 0, outcome
    assert mac.running().alive
    assert f'"{LABEL}" => enabled' in mac.overrides()


async def test_a_stop_outlives_a_restart_of_the_mac(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    mac.running()
    outcome = await mac.drive(agent_plans.stop)
    assert outcome.exit == 0, outcome
    assert mac.job() is None
    mac.turn_off()
    mac.turn_on()
    assert mac.job() is None
    assert (await mac.drive(agent_plans.stop)).done == ()
    assert (await mac.drive(agent_plans.start)).exit == 0
    assert mac.running().alive


async def test_enable_and_disable_start_and_stop_nothing(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    pid = mac.running().pid
    outcome = await mac.drive(agent_plans.disable)
    assert outcome.exit == 0
    assert "still runs" in outcome.sentence
    assert (await mac.drive(agent_plans.disable)).done == ()
    assert f'"{LABEL}" => disabled' in mac.overrides()
    assert (await mac.drive(agent_plans.enable)).exit == 0
    assert f'"{LABEL}" => enabled' in mac.overrides()
    assert mac.running().pid == pid


async def test_restart_of_an_unchanged_job_is_a_kickstart(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    pid = mac.running().pid
    outcome = await mac.drive(agent_plans.restart)
    assert outcome.exit == 0, outcome
    assert mac.running().pid != pid
    assert "Bootout by" not in mac.log()


async def test_restart_of_a_changed_job_loads_it_anew(
    mac: AgentMac, alive: Callable[[int], bool]
) -> None:
    mac.write(*SLEEP)
    mac.load()
    pid = mac.running().pid
    assert pid is not None
    mac.write("/bin/sleep", "2000")
    stale = await mac.drive(agent_plans.start)
    assert (stale.exit, mac.running().pid) == (1, pid)
    assert "ProgramArguments" in stale.sentence
    outcome = await mac.drive(agent_plans.restart)
    assert outcome.exit == 0, outcome
    assert mac.running().arguments == ("/bin/sleep", "2000")
    assert not alive(pid)


async def test_a_definition_written_after_the_start_counts_as_changed(mac: AgentMac) -> None:
    mac.write(*SLEEP)
    mac.load()
    pid = mac.running().pid
    later = time.time() + 60  # print shows no KeepAlive: only the file's age tells
    os.utime(mac.places.plist, (later, later))
    assert agent_plans.restart(await mac.see()).steps[0].kind is Kind.BOOTOUT
    assert mac.running().pid == pid


async def test_a_start_that_macos_holds_back_is_asked_for_by_name(mac: AgentMac) -> None:
    wire.ask(Layout(mac.host.root).launchd_socket, ["-on-demand", "1"])
    mac.write(*SLEEP)
    outcome = await mac.drive(agent_plans.start)
    assert outcome.exit == 0, outcome
    nudge = next(done for done in outcome.done if done.kind is Kind.NUDGE)
    assert nudge.said == "launchd starts it (held back: speculative)"
    assert mac.running().immediate_reason == "non-ipc demand"


async def test_without_a_desktop_login_it_lives_in_the_user_s_domain(mac: AgentMac) -> None:
    nobody = mac.interpose(
        'case "$2" in gui/*) if [ ! -e "$scratch" ]; then\n'
        'echo "Could not find domain for user gui: 501" >&2; exit 112; fi;; esac'
    )
    outcome = await mac.install()
    assert outcome.exit == 0, outcome
    assert mac.plan is not None
    assert (mac.plan.domain, mac.plan.desktop) == ("user/501", False)
    first = mac.running("user/501")
    written = plistlib.loads(mac.places.plist.read_bytes())
    assert written["LimitLoadToSessionType"] == ["Aqua", "Background"]

    nobody.touch()  # somebody logs in at the screen
    outcome = await mac.install()
    assert outcome.exit == 0, outcome
    assert mac.job("user/501") is None
    assert mac.running("gui/501").pid != first.pid
    assert "LimitLoadToSessionType" not in plistlib.loads(mac.places.plist.read_bytes())


def test_readonly_and_yes_exclude_each_other(mac: AgentMac) -> None:
    ran = mac.command("stop", "--yes", readonly=True)
    assert ran.returncode == 64
    assert mac.command("stop", readonly=True).returncode == 0


def test_it_loads_neither_panel_nor_exchange(mac: AgentMac) -> None:
    program, *rest = mac.line("install")
    ran = subprocess.run(
        [program, "-X", "importtime", *rest], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "entraclaw_tui.macos.agent_plans" in loaded
    assert not loaded & {"textual", "rich", "msal", "keyring", "requests", "cryptography"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help(mac: AgentMac, verb: str) -> None:
    assert "--yes" in mac.command(verb, "--help").stdout
