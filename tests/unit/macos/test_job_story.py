"""The closer look at a job, through tools that are shell scripts."""

from __future__ import annotations

import os
import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from entraclaw_tui.macos import job_story, login_items, signature
from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.job import EnvironmentName
from entraclaw_tui.model.source import Empty, Failed, Loaded

Tool = Callable[[str, str], Path]

PRINT = """\
gui/501/com.entraclaw.agent = {{
\tstate = running
\tpath = {plist}
\tprogram = /bin/sh
\targuments = {{
\t\t/bin/sh
\t\t-c
\t}}

\tstderr path = {err}
\tinherited environment = {{
\t\tAPI_KEY => hunter2 => and more
\t}}

\tenvironment = {{
\t\tENTRACLAW_HOME => /home
\t\tXPC_SERVICE_NAME => com.entraclaw.agent
\t}}

\tdomain = gui/501 [100016]
\truns = 2
\tpid = {pid}
\tlast exit code = 0
}}
"""
LAUNCHCTL = "/bin/launchctl"


@pytest.fixture
def plist(mac: Host) -> Path:
    path = Places.of(mac).plist
    path.parent.mkdir(parents=True)
    job = {
        "Label": LABEL,
        "ProgramArguments": ["/bin/sh", "-c"],
        "StandardErrorPath": str(Places.of(mac).agent_err),
        "EnvironmentVariables": {"ENTRACLAW_HOME": "/elsewhere"},
    }
    path.write_bytes(plistlib.dumps(job))
    return path


@pytest.fixture
def launchd(mac: Host, tool: Tool, plist: Path) -> Path:
    """A launchctl that knows the job, and says `semaphore` to blame."""
    told = mac.path("/print.txt")
    err = Places.of(mac).agent_err
    told.write_text(PRINT.format(plist=plist, err=err, pid=os.getpid()))
    return tool(
        LAUNCHCTL,
        f'case "$1" in print) cat {told};; blame) echo "${{BLAME:-semaphore}}";; esac',
    )


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.usefixtures("launchd")
async def test_the_definition_beside_what_was_loaded(mac: Host) -> None:
    found = await job_story.read_definition(mac)
    assert isinstance(found, Loaded)
    assert found.value.there
    assert found.value.loaded
    assert found.value.path == "/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist"
    assert found.value.differing == ("EnvironmentVariables ENTRACLAW_HOME",)
    assert "/elsewhere" not in repr(found)


async def test_a_file_that_launchd_cannot_be_asked_about(
    mac: Host, tool: Tool, plist: Path
) -> None:
    tool(LAUNCHCTL, "exit 5")
    found = await job_story.read_definition(mac)
    assert isinstance(found, Loaded)
    assert found.value.loaded is None
    gone(plist)
    assert isinstance(await job_story.read_definition(mac), Failed)
    tool(LAUNCHCTL, "exit 113")
    assert isinstance(await job_story.read_definition(mac), Empty)


@pytest.mark.usefixtures("launchd")
async def test_variables_come_without_their_values(mac: Host) -> None:
    found = await job_story.read_environment(mac)
    assert isinstance(found, Loaded)
    assert [(one.name, one.kind, one.size) for one in found.value] == [
        ("ENTRACLAW_HOME", "environment", 5),
        ("XPC_SERVICE_NAME", "environment", 19),
        ("API_KEY", "inherited environment", len("hunter2 => and more")),
    ]
    assert "hunter2" not in repr(found)


@pytest.mark.usefixtures("launchd")
async def test_one_value_is_read_for_whoever_asks_for_it(mac: Host) -> None:
    name = EnvironmentName("inherited environment", "API_KEY", 7)
    assert await job_story.read_value(mac, name) == Hidden("hunter2 => and more")
    absent = await job_story.read_value(mac, EnvironmentName("environment", "API_KEY", 7))
    assert absent == Failed("API_KEY is not set any more.")


@pytest.mark.usefixtures("launchd")
async def test_why_it_was_started(mac: Host, tool: Tool) -> None:
    found = await job_story.read_started(mac)
    assert isinstance(found, Loaded)
    assert found.value == "semaphore"
    told = mac.path("/print.txt")
    for blame in ("echo not running", "exit 3"):
        tool(LAUNCHCTL, f'case "$1" in print) cat {told};; blame) {blame};; esac')
        assert await job_story.read_started(mac) == Empty("There is no process.")


@pytest.mark.usefixtures("launchd")
async def test_its_process_is_looked_at(mac: Host) -> None:
    found = await job_story.read_running(mac)
    assert isinstance(found, Loaded)
    assert found.value.memory_bytes > 1_000_000
    assert found.value.threads
    assert found.value.parent == os.getppid()


async def test_the_program_of_a_job_that_is_not_loaded_comes_from_its_file(
    mac: Host, tool: Tool, plist: Path
) -> None:
    tool(LAUNCHCTL, "exit 113")
    tool("/bin/sh", "exit 0")
    found = await job_story.read_program(mac)
    assert isinstance(found, Loaded)
    assert (found.value.named, found.value.there) == ("/bin/sh", True)
    assert found.value.python is None
    gone(plist)
    assert await job_story.read_program(mac) == Empty("No definition names a program.")


@pytest.mark.usefixtures("launchd")
async def test_what_it_wrote_on_standard_error(mac: Host) -> None:
    assert await job_story.read_said(mac) == Empty("It wrote nothing on standard error.")
    err = Places.of(mac).agent_err
    err.parent.mkdir(parents=True)
    err.write_text("first\n\nlast\n")
    found = await job_story.read_said(mac)
    assert isinstance(found, Loaded)
    assert found.value == ("first", "last")


async def test_the_lines_of_launchds_log_that_concern_it(mac: Host) -> None:
    assert await job_story.read_told(mac) == Empty("launchd's log is not there, or empty.")
    log = Places.of(mac).launchd_log
    log.parent.mkdir(parents=True)
    line = "2026-08-14 20:21:43.323136 ({}) <Notice>: service state: running\n"
    targets = (f"gui/501/{LABEL}.helper", f"gui/501/{LABEL} [7]", f"gui/501/{LABEL}", "gui/501")
    log.write_text("".join(line.format(one) for one in targets))
    found = await job_story.read_told(mac)
    assert isinstance(found, Loaded)
    assert [one.message.partition(":")[0] for one in found.value] == list(targets[1:3])


async def test_login_items_are_told_of_this_job_alone(mac: Host, tool: Tool) -> None:
    record = " #1:\n        Disposition: [disabled, allowed] (0x2)\n         Identifier: 8.{}\n"
    text = " Records for UID 501 : ABC\n" + record.format("com.example.other")
    tool(login_items.SFLTOOL, f"cat <<'END'\n{text}END")
    empty = await login_items.read_login_items(mac)
    assert empty == Empty("Login Items has no record of it, among 1 of others.")
    tool(login_items.SFLTOOL, f"cat <<'END'\n{text}{record.format(LABEL)}END")
    found = await login_items.read_login_items(mac)
    assert isinstance(found, Loaded)
    assert [item.switched_off for item in found.value] == [True]
    tool(login_items.SFLTOOL, "echo 'must be root' >&2; exit 1")
    refused = await login_items.read_login_items(mac)
    assert isinstance(refused, Failed)
    assert "must be root" in refused.reason
    assert "sudo" in refused.hint


async def test_a_stapled_ticket(mac: Host, tool: Tool) -> None:
    tool(signature.STAPLER, "echo 'Processing: /x'; echo 'The validate action worked!'")
    assert await signature.read_ticket(mac, "/x") is True
    tool(signature.STAPLER, "echo 'x does not have a ticket stapled to it.'; exit 65")
    assert await signature.read_ticket(mac, "/x") is False
    tool(signature.STAPLER, "echo no idea >&2; exit 1")
    assert isinstance(await signature.read_ticket(mac, "/x"), Failed)
