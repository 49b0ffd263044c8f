"""A job's life under the pretend launchd, driven by launchctl alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

LABEL = "example.contoso.job"
TARGET = f"gui/501/{LABEL}"
SLEEP = ("/bin/sleep", "1000")
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True: time.sleep(60)
"""


def test_a_job_runs_and_says_so(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP, RunAtLoad=True)
    job = mac.running(LABEL)
    assert job.alive
    assert (job.runs, job.last_exit) == (1, "(never exited)")
    assert job.immediate_reason == "speculative"
    status, out, _ = mac.launchctl("list")
    assert status == 0
    assert f"{job.pid}\t0\t{LABEL}\n" in out


def test_a_job_that_waits_is_at_rest(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP)
    job = mac.job(LABEL)
    assert job is not None
    assert (job.state, job.pid, job.runs) == ("not running", None, 0)


def test_its_surroundings_are_clean(mac: Mac) -> None:
    out, err = mac.host.root / "out.log", mac.host.root / "err.log"
    source = "\nimport os,sys; print(sorted(os.environ), os.getcwd()); print('e', file=sys.stderr)"
    keys = {"StandardOutPath": str(out), "StandardErrorPath": str(err), "Umask": 0o77}
    mac.load(
        LABEL,
        source,
        RunAtLoad=True,
        EnvironmentVariables={"ENTRACLAW_HOME": "/x"},
        WorkingDirectory=str(mac.host.home),
        **keys,
    )
    mac.until_job(LABEL, lambda job: job.last_exit == "0", "it ends well")
    names = (
        "ENTRACLAW_HOME HOME LOGNAME OSLogRateLimit PATH SSH_AUTH_SOCK TMPDIR USER XPC_SERVICE_NAME"
    )
    said = out.read_text().replace("'LC_CTYPE', ", "")  # Python's own, for the C locale
    assert said == f"{names.split()} {mac.host.home}\n"
    assert err.read_text() == "e\n"
    assert out.stat().st_mode & 0o777 == 0o600
    mac.launchctl("kickstart", TARGET)
    mac.until_job(LABEL, lambda job: job.runs == 2 and not job.alive, "it ran again")
    assert len(out.read_text().splitlines()) == 2, "the file is appended to"


def test_a_crash_is_throttled_and_started_again(mac: Mac) -> None:
    mac.load(LABEL, "/bin/sh", "-c", "exit 3", KeepAlive={"SuccessfulExit": False})
    job = mac.until_job(LABEL, lambda job: job.state == "spawn scheduled", "it is throttled")
    assert job.last_exit == "3"
    assert "penalty box" in job.properties
    mac.until_job(LABEL, lambda job: (job.runs or 0) >= 3, "it is started again")
    assert "Service only ran for " in mac.log()
    assert "seconds. Pushing respawn out by " in mac.log()


def test_a_good_end_stays_the_end(mac: Mac) -> None:
    mac.load(LABEL, "/bin/sh", "-c", "exit 0", KeepAlive={"SuccessfulExit": False})
    mac.until_job(LABEL, lambda job: job.last_exit == "0", "it ended")
    mac.load("example.contoso.other", "/bin/sh", "-c", "exit 3", KeepAlive=True, ThrottleInterval=1)
    mac.until_job("example.contoso.other", lambda job: (job.runs or 0) >= 3, "time passes")
    job = mac.job(LABEL)
    assert job is not None
    assert (job.state, job.runs) == ("not running", 1)


def test_crashed_means_a_signal_that_nobody_sends(mac: Mac) -> None:
    crashing = ("/bin/sh", "-c", "kill -SEGV $$")
    mac.load(LABEL, *crashing, RunAtLoad=True, KeepAlive={"Crashed": True})
    job = mac.until_job(LABEL, lambda job: (job.runs or 0) >= 2, "it is started again")
    assert job.last_signal in ("Segmentation fault: 11", "")


def test_kill_9_and_it_is_back(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP, KeepAlive={"SuccessfulExit": False})
    first = mac.running(LABEL)
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    back = mac.until_job(
        LABEL, lambda job: job.state == "running" and job.pid != first.pid, "it is back"
    )
    assert back.last_signal == "Killed: 9"
    assert back.immediate_reason == "semaphore"
    assert mac.launchctl("list", LABEL)[1].count('"LastExitStatus" = 9;') == 1


def test_what_cannot_be_executed_is_ex_config(mac: Mac) -> None:
    mac.load(LABEL, str(mac.host.root / "nothing"), KeepAlive={"SuccessfulExit": False})
    job = mac.until_job(LABEL, lambda job: job.last_exit, "it failed")
    assert job.last_exit == "78: EX_CONFIG"
    assert job.state == "spawn scheduled"
    assert not job.alive


def test_an_interval(mac: Mac) -> None:
    mac.load(LABEL, "/bin/sh", "-c", "exit 0", StartInterval=10, ThrottleInterval=1)
    job = mac.until_job(LABEL, lambda job: (job.runs or 0) >= 2, "it comes again")
    assert ("run interval", "10 seconds") in job.raw


def test_bootout_and_bootstrap_race(mac: Mac, alive: Callable[[int], bool]) -> None:
    out = mac.host.root / "out.log"
    plist = mac.load(LABEL, STUBBORN, RunAtLoad=True, ExitTimeOut=1, StandardOutPath=str(out))
    job = mac.running(LABEL)
    assert job.pid is not None
    mac.until(lambda: "ready" in out.read_text(), "it ignores SIGTERM")
    assert mac.launchctl("bootout", TARGET) == (0, "", "")
    leaving = mac.job(LABEL)
    assert leaving is not None
    assert (leaving.state, leaving.pid) == ("SIGTERMed", job.pid)
    status, out_, err = mac.launchctl("bootstrap", "gui/501", str(plist))
    assert (status, out_) == (5, "")
    assert err == (
        "Bootstrap failed: 5: Input/output error\n"
        "Try re-running the command as root for richer errors.\n"
    )
    assert mac.launchctl("kickstart", TARGET)[0] == 37
    mac.until(lambda: mac.job(LABEL) is None, "it is gone")
    assert not alive(job.pid)
    assert mac.launchctl("bootstrap", "gui/501", str(plist))[0] == 0
    assert "service state: SIGKILLed" in mac.log()


def test_kickstart_k_starts_a_new_process(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP, RunAtLoad=True)
    first = mac.running(LABEL)
    assert mac.launchctl("kickstart", TARGET) == (37, "", "")
    assert mac.launchctl("kickstart", "-p", TARGET) == (37, f"{first.pid}\n", "")
    assert mac.launchctl("kickstart", "-k", TARGET)[0] == 0
    second = mac.until_job(
        LABEL, lambda job: job.state == "running" and job.pid != first.pid, "a new process"
    )
    assert second.immediate_reason == "non-ipc demand"
    assert second.last_signal == "Terminated: 15"


def test_kickstart_does_not_read_the_file_again(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP)
    mac.write(LABEL, "/bin/sleep", "2000")
    mac.launchctl("kickstart", TARGET)
    assert mac.running(LABEL).arguments == SLEEP


def test_disabled_stays_disabled(off: Mac) -> None:
    plist = off.write(LABEL, *SLEEP, RunAtLoad=True)
    off.turn_on()
    off.running(LABEL)
    assert off.launchctl("disable", TARGET) == (0, "", "")
    assert off.running(LABEL).alive, "disabling does not stop it"
    off.turn_off()
    off.turn_on()
    assert off.job(LABEL) is None
    assert off.launchctl("bootstrap", "gui/501", str(plist))[0] == 5
    assert off.launchctl("print-disabled", "gui/501")[1] == (
        f'\n\tdisabled services = {{\n\t\t"{LABEL}" => disabled\n\t}}\n'
        "\n\tlogin item associations = {\n\t}\n"
    )
    assert off.launchctl("enable", TARGET) == (0, "", "")
    assert off.launchctl("bootstrap", "gui/501", str(plist)) == (0, "", "")
    assert off.running(LABEL).alive


def test_on_demand_only_mode(mac: Mac) -> None:
    from entraclaw_tui.demo.mac import wire
    from entraclaw_tui.demo.mac.layout import Layout

    door = Layout(mac.host.root).launchd_socket
    wire.ask(door, ["-on-demand", "1"])
    mac.load(LABEL, *SLEEP, RunAtLoad=True)
    job = mac.job(LABEL)
    assert job is not None
    assert (job.state, job.pended, job.runs) == ("not running", "speculative", 0)
    assert "\ton-demand count = 1\n" in mac.launchctl("print", "gui/501")[1]
    mac.launchctl("kickstart", TARGET)
    assert mac.running(LABEL).pended == ""
    mac.load("example.contoso.second", *SLEEP, RunAtLoad=True)
    wire.ask(door, ["-on-demand", "0"])
    assert mac.running("example.contoso.second").alive


@pytest.mark.parametrize(
    ("words", "status", "err"),
    [
        (
            ["print", "gui/501/no"],
            113,
            'Bad request.\nCould not find service "no" in domain for user gui: 501\n',
        ),
        (["print", "gui/77"], 112, "Could not find domain for user gui: 77\n"),
        (
            ["print", "system/no"],
            113,
            'Bad request.\nCould not find service "no" in domain for system\n',
        ),
        (["list", "no"], 113, 'Could not find service "no" in domain for port\n'),
        (["bootout", "gui/501/no"], 3, "Boot-out failed: 3: No such process\n"),
        (["kill", "TERM", "gui/501/x"], 113, None),
        (["kickstart", "gui/501/no"], 113, None),
        (["print", "no"], 64, None),
        (["frobnicate"], 64, None),
        ([], 64, None),
    ],
)
def test_refusals(mac: Mac, words: list[str], status: int, err: str | None) -> None:
    ran = mac.launchctl(*words)
    assert ran[:2] == (status, "")
    assert ran[2] if err is None else ran[2] == err


def test_the_manager_is_a_desktop(mac: Mac) -> None:
    assert mac.launchctl("managername") == (0, "Aqua\n", "")
