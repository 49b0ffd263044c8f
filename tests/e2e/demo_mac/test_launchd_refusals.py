"""What the pretend launchd refuses, in text, stream and exit code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.launchd.code import write_pairs
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.jobs import parse_disabled, parse_domain

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

LABEL = "example.contoso.job"
TARGET = f"gui/501/{LABEL}"
SLEEP = ("/bin/sleep", "1000")
EIO = (
    5,
    "",
    "Bootstrap failed: 5: Input/output error\n"
    "Try re-running the command as root for richer errors.\n",
)


def test_a_session_that_a_job_does_not_want(mac: Mac) -> None:
    path = str(mac.write(LABEL, *SLEEP, LimitLoadToSessionType="Background"))
    assert mac.launchctl("bootstrap", "gui/501", path) == (
        134,
        "",
        "Bootstrap failed: 134: Service cannot load in requested session\n",
    )
    assert mac.launchctl("bootstrap", "user/501", path) == (0, "", "")
    aqua = str(mac.write("example.contoso.aqua", *SLEEP))
    assert mac.launchctl("bootstrap", "user/501", aqua) == (
        125,
        "",
        "Bootstrap failed: 125: Domain does not support specified action\n",
    )


def break_mode(mac: Mac) -> str:
    path = mac.write(LABEL, *SLEEP)
    path.chmod(0o666)
    return str(path)


def break_text(mac: Mac) -> str:
    path = mac.write(LABEL, *SLEEP)
    path.write_text("<plist><dict>")
    return str(path)


def break_name(mac: Mac) -> str:
    path = mac.write(LABEL, *SLEEP)
    return str(path.rename(path.with_suffix(".xml")))


def disable(mac: Mac) -> str:
    mac.launchctl("disable", TARGET)
    return str(mac.write(LABEL, *SLEEP))


def load_it(mac: Mac) -> str:
    return str(mac.load(LABEL, *SLEEP))


def nothing(mac: Mac) -> str:
    return "/nowhere/job.plist"


@pytest.mark.parametrize("way", [break_mode, break_text, break_name, disable, load_it, nothing])
def test_5_is_the_catch_all(mac: Mac, way: Callable[[Mac], str]) -> None:
    assert mac.launchctl("bootstrap", "gui/501", way(mac)) == EIO


def test_nobody_at_the_screen(off: Mac) -> None:
    Layout(off.host.root).no_desktop.write_text("")
    both = ["Aqua", "Background"]
    path = str(off.write(LABEL, *SLEEP, RunAtLoad=True, LimitLoadToSessionType=both))
    off.turn_on()
    assert off.launchctl("print", "gui/501") == (
        112,
        "",
        "Could not find domain for user gui: 501\n",
    )
    assert off.launchctl("print", TARGET)[0] == 112
    assert off.launchctl("bootstrap", "gui/501", path)[0] == 125
    assert off.launchctl("managername") == (0, "Background\n", "")
    status, out, _ = off.launchctl("print", f"user/501/{LABEL}")
    assert status == 0
    assert "\tpid = " in out
    assert LABEL in off.launchctl("list")[1]


def test_switched_off_in_login_items(off: Mac) -> None:
    write_pairs(Layout(off.host.root).login_items, {LABEL: "off"})
    path = str(off.write(LABEL, *SLEEP, RunAtLoad=True))
    off.turn_on()
    assert off.job(LABEL) is None
    assert off.launchctl("bootstrap", "gui/501", path) == EIO
    said = off.launchctl("print-disabled", "gui/501")[1]
    assert said == (
        "\n\tdisabled services = {\n\t}\n"
        f'\n\tlogin item associations = {{\n\t\t"{LABEL}" => disabled\n\t}}\n'
    )
    assert parse_disabled(said) == {}


def test_replaced_code_dies_until_the_job_is_loaded_again(mac: Mac) -> None:
    signatures.register(mac.host, "/bin/sleep", identifier="example.sleep", cdhash="1" * 40)
    path = str(mac.load(LABEL, *SLEEP, RunAtLoad=True))
    mac.running(LABEL)
    signatures.register(mac.host, "/bin/sleep", identifier="example.sleep", cdhash="2" * 40)
    assert mac.launchctl("kickstart", "-k", TARGET)[0] == 0
    job = mac.until_job(LABEL, lambda job: job.last_reason, "it is refused")
    assert (job.last_reason, job.alive) == ("OS_REASON_CODESIGNING", False)
    assert "needs LWCR update" in job.properties
    (row,) = parse_domain(mac.launchctl("print", "gui/501")[1]).rows
    assert row.status == "(cs)"
    mac.launchctl("bootout", TARGET)
    mac.until(lambda: mac.job(LABEL) is None, "it is gone")
    assert mac.launchctl("bootstrap", "gui/501", path)[0] == 0
    assert mac.running(LABEL).last_reason == ""


def test_the_loop_that_everybody_writes(mac: Mac) -> None:
    """bootout, print until 113, bootstrap: as Homebrew and others drive launchd."""
    path = str(mac.load(LABEL, *SLEEP, RunAtLoad=True))
    pids = set()
    for _ in range(3):
        pids.add(mac.running(LABEL).pid)
        assert mac.launchctl("bootout", TARGET) == (0, "", "")
        mac.until(lambda: mac.launchctl("print", TARGET)[0] == 113, "it is gone")
        assert mac.launchctl("bootout", TARGET) == (3, "", "Boot-out failed: 3: No such process\n")
        assert mac.launchctl("print", TARGET)[2] == (
            f'Bad request.\nCould not find service "{LABEL}" in domain for user gui: 501\n'
        )
        assert mac.launchctl("bootstrap", "gui/501", path) == (0, "", "")
    assert len(pids) == 3


def test_the_old_verbs(mac: Mac) -> None:
    path = str(mac.write(LABEL, *SLEEP, RunAtLoad=True))
    assert mac.launchctl("load", path) == (0, "", "")
    job = mac.running(LABEL)
    assert f"{job.pid}\t0\t{LABEL}\n" in mac.launchctl("list")[1]
    assert mac.launchctl("blame", TARGET) == (0, "speculative\n", "")
    # It fails and says so, and exits with 0 all the same.
    assert mac.launchctl("load", path) == (
        0,
        "",
        "Load failed: 5: Input/output error\n"
        "Try running `launchctl bootstrap` as root for richer errors.\n",
    )
    assert mac.launchctl("stop", LABEL) == (0, "", "")
    mac.until_job(LABEL, lambda job: not job.alive, "it ended")
    assert mac.launchctl("start", LABEL) == (0, "", "")
    mac.running(LABEL)
    assert mac.launchctl("unload", "-w", path) == (0, "", "")
    mac.until(lambda: mac.job(LABEL) is None, "it is gone")
    assert mac.launchctl("unload", path) == (
        5,
        "",
        "Unload failed: 5: Input/output error\n"
        "Try running `launchctl bootout` as root for richer errors.\n",
    )
    assert mac.launchctl("bootstrap", "gui/501", path) == EIO, "-w wrote it down"
    assert mac.launchctl("load", "-w", path) == (0, "", "")
    assert mac.running(LABEL).alive
    assert mac.launchctl("remove", LABEL) == (0, "", "")
    assert mac.launchctl("error", "113") == (0, "113: Could not find specified service\n", "")
    state = mac.launchctl("dumpstate")[1]
    assert "gui/501 = {\n" in state
    assert "system = {\n" in state


def test_what_a_killed_launchd_left_is_ended_by_the_next(
    off: Mac, alive: Callable[[int], bool]
) -> None:
    off.write(LABEL, *SLEEP, RunAtLoad=True)
    off.turn_on()
    before = off.running(LABEL).pid
    assert before is not None
    assert off.launchd is not None
    off.launchd.send_signal(signal.SIGKILL)
    off.launchd.wait()
    assert alive(before)
    # Somebody else's process under a number that was written down is left alone.
    ledger = Layout(off.host.root).running_jobs
    ledger.write_text(ledger.read_text() + f"{os.getpid()}=1.000000\n")
    off.turn_on()
    off.until(lambda: not alive(before), "the old one has ended")
    assert off.running(LABEL).pid != before
    assert f"ended a process of a launchd before: {before}" in off.log()
