"""The rarer looks that programs take at launchd: blame, procinfo, one process, everything."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import build
from entraclaw_tui.macos import launchctl_print
from entraclaw_tui.macos.launchctl_dump import parse_dumpstate
from entraclaw_tui.model.job import Domain, Job

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

LABEL = "example.contoso.job"
TARGET = f"gui/501/{LABEL}"
SLEEP = ("/bin/sleep", "1000")
WITH_A_CHILD = """
import subprocess, sys
child = subprocess.Popen(["/bin/sleep", "1000"])
print(child.pid, flush=True)
child.wait()
"""
SLOW = """
import signal, sys, time
def end(*_):
    time.sleep(0.5)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True: time.sleep(60)
"""
USAGE = (
    "Unrecognized target specifier.\n"
    "Usage: launchctl bootout <domain-target> [service-path1, service-path2, ...] "
    "| <service-target>\n"
    "<service-target> takes a form of <domain-target>/<service-id>.\n"
)


def test_why_a_job_was_started_is_told_while_it_runs(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP)
    assert mac.launchctl("blame", TARGET) == (3, "", "No process to signal.\n")
    mac.launchctl("kickstart", TARGET)
    assert mac.launchctl("blame", TARGET) == (0, "non-ipc demand\n", "")
    status, out, err = mac.launchctl("blame", "gui/501/no")
    assert (status, out) == (113, "")
    assert 'Could not find service "no" in domain for user gui: 501\n' in err


def test_procinfo_is_for_root(mac: Mac) -> None:
    refused = (1, "", "This subcommand requires root privileges: procinfo\n")
    assert mac.launchctl("procinfo", str(os.getpid())) == refused
    assert mac.launchctl("procinfo")[0] == 64


def test_a_process_is_traced_to_the_job_that_it_descends_from(mac: Mac) -> None:
    out = mac.host.root / "out.log"
    mac.load(LABEL, WITH_A_CHILD, RunAtLoad=True, StandardOutPath=str(out))
    mac.until(lambda: out.exists() and out.read_text().endswith("\n"), "the child runs")
    for pid in (mac.running(LABEL).pid, int(out.read_text())):
        status, text, err = mac.launchctl("print", f"pid/{pid}")
        assert (status, err) == (0, "")
        assert text.startswith(f"pid/{pid} = {{\n\ttype = pid\n\thandle = {pid}\n")
        assert text.endswith("\t}\n\n\n\tproperties = \n}\n")
        (block,) = launchctl_print.parse(text).blocks()
        coalition = block.block("resource coalition")
        assert coalition is not None
        assert dict(coalition.scalars())["name"] == LABEL


def test_a_process_of_nobody_s_job_has_no_coalition_here(mac: Mac) -> None:
    status, text, _ = mac.launchctl("print", f"pid/{os.getpid()}")
    assert status == 0
    assert "coalition" not in text


def test_a_process_that_is_gone_has_no_domain(mac: Mac) -> None:
    ended = subprocess.Popen(["/bin/sleep", "0"])
    ended.wait()
    status, out, err = mac.launchctl("print", f"pid/{ended.pid}")
    assert (status, out) == (112, "")
    assert err.startswith("Could not find domain for ")


def test_everything_at_once_is_each_domain_with_its_services(mac: Mac) -> None:
    mac.load(LABEL, *SLEEP, RunAtLoad=True)
    mac.load("example.contoso.other", *SLEEP)
    pid = mac.running(LABEL).pid
    status, out, err = mac.launchctl("dumpstate")
    assert (status, err) == (0, "")
    assert "}\n\n" not in out.replace("\t}\n\n", ""), "nothing lies between two blocks"
    assert out.index("\ngui/501 = {\n") < out.index(f"\n{TARGET} = {{\n")
    found = list(parse_dumpstate(out.splitlines(keepends=True)))
    domains = [one for one in found if isinstance(one, Domain)]
    jobs = {one.label: one for one in found if isinstance(one, Job)}
    assert [one.name for one in domains] == ["system", "user/501", "gui/501"]
    assert set(jobs) == {LABEL, "example.contoso.other"}
    assert (jobs[LABEL].pid, jobs["example.contoso.other"].pid) == (pid, None)


def slow(mac: Mac) -> str:
    """Load a job that takes its time to end; return its definition's path."""
    out = mac.host.root / "out.log"
    path = mac.load(LABEL, SLOW, RunAtLoad=True, StandardOutPath=str(out))
    mac.until(lambda: out.exists() and "ready" in out.read_text(), "it hears SIGTERM")
    return str(path)


def test_bootout_that_waits_leaves_nothing_behind(mac: Mac) -> None:
    path = slow(mac)
    began = time.monotonic()
    assert mac.launchctl("bootout", "--wait", TARGET) == (0, "", "")
    assert time.monotonic() - began > 0.4
    assert mac.job(LABEL) is None
    assert mac.launchctl("bootstrap", "gui/501", path) == (0, "", "")
    assert mac.launchctl("bootout", "--wait", "gui/501/no") == (
        3,
        "",
        "Boot-out failed: 3: No such process\n",
    )


@pytest.mark.parametrize("release", ["14", "15"])
def test_up_to_macos_15_waiting_is_no_target(off: Mac, release: str) -> None:
    build.prepare(off.host.root, macos=release, speed=50)
    off.turn_on()
    off.load(LABEL, *SLEEP, RunAtLoad=True)
    status, out, err = off.launchctl("bootout", "--wait", TARGET)
    assert (status, out) == (64, "")
    assert err.startswith(USAGE)
    assert off.running(LABEL).alive, "nothing was done"


def test_limits_are_kept_and_shown(mac: Mac) -> None:
    out = mac.host.root / "out.log"
    source = "\nimport resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    limits = {
        "SoftResourceLimits": {"NumberOfFiles": 77},
        "HardResourceLimits": {"NumberOfFiles": 99},
    }
    mac.load(LABEL, source, RunAtLoad=True, StandardOutPath=str(out), **limits)
    mac.until_job(LABEL, lambda job: job.last_exit == "0", "it ended")
    assert out.read_text() == "(77, 99)\n"
    text = mac.launchctl("print", TARGET)[1]
    assert (
        "\tresource limits = {\n\t\tmaxfiles (soft) => 77\n\t\tmaxfiles (hard) => 99\n\t}\n\n\n"
    ) in text


def test_a_downloaded_definition_is_not_loaded(mac: Mac) -> None:
    path = str(mac.write(LABEL, *SLEEP, RunAtLoad=True))
    mark = ("com.apple.quarantine", "0083;68b6a0f2;Safari;")
    assert mac.tool("usr/bin/xattr", "-w", *mark, path).returncode == 0
    assert mac.launchctl("bootstrap", "gui/501", path) == (
        5,
        "",
        "Bootstrap failed: 5: Input/output error\n"
        "Try re-running the command as root for richer errors.\n",
    )
    assert mac.tool("usr/bin/xattr", "-d", mark[0], path).returncode == 0
    assert mac.launchctl("bootstrap", "gui/501", path) == (0, "", "")


@pytest.mark.parametrize(
    ("reason", "column"),
    [("OS_REASON_DYLD", "-9"), ("JETSAM_REASON_MEMORY_PERPROCESSLIMIT", "(jt)")],
)
def test_an_end_that_the_system_gave_has_a_reason(off: Mac, reason: str, column: str) -> None:
    from entraclaw_tui.demo.mac.launchd.code import write_pairs
    from entraclaw_tui.demo.mac.layout import Layout

    write_pairs(Layout(off.host.root).fates, {LABEL: reason})
    off.turn_on()
    off.load(LABEL, sys.executable, "-c", "", RunAtLoad=True)
    job = off.until_job(LABEL, lambda job: job.last_reason, "it was ended")
    assert (job.last_reason, job.last_exit, job.last_signal) == (reason, "", "")
    row = next(line for line in off.launchctl("print", "gui/501")[1].splitlines() if LABEL in line)
    assert row == f"\t\t{0:8d} {column:>6s} \t{LABEL}"
