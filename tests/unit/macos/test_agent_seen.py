"""What is looked at before a plan is made."""

from __future__ import annotations

import os
import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from entraclaw_tui.macos.agent_seen import DefinitionFile, Seen, look, read_file
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.jobs import LAUNCHCTL
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.source import Failed

Tool = Callable[[str, str], Path]

HERE = 'case "$2" in {domain}/*) printf "{domain}/%s = {{\\n\\tstate = running\\n}}\\n" {label};; '
ABSENT = 'gui/501/*|user/501/*) exit 113;; *) printf "\\n\\tdisabled services = {\\n\\t}\\n";; esac'


def write(path: Path, job: dict[str, str] | list[int], mode: int = 0o644) -> Path:
    path.write_bytes(plistlib.dumps(job))
    path.chmod(mode)
    return path


def test_a_good_file(tmp_path: Path) -> None:
    file = read_file(write(tmp_path / "a.plist", {"Label": LABEL}))
    assert (file.there, file.job, file.trouble) == (True, {"Label": LABEL}, "")
    assert file.changed_at > 0
    assert file.sessions == ("Aqua",)


def test_no_file(tmp_path: Path) -> None:
    assert read_file(tmp_path / "no") == DefinitionFile(str(tmp_path / "no"))


def test_what_launchd_would_hold_against_it(tmp_path: Path) -> None:
    good = write(tmp_path / "good.plist", {"Label": LABEL})
    link = tmp_path / "link.plist"
    link.symlink_to(good)
    text = tmp_path / "text.plist"
    text.write_text("hello")
    troubles = {
        "plain file": link,
        "not a property list": text,
        "another job": write(tmp_path / "other.plist", {"Label": "com.example.other"}),
        "others may write it (mode 0666)": write(tmp_path / "open.plist", {"Label": LABEL}, 0o666),
    }
    for words, path in troubles.items():
        assert words in read_file(path).trouble
    assert "not a property list" in read_file(write(tmp_path / "list.plist", [1])).trouble
    fifo = tmp_path / "fifo.plist"
    os.mkfifo(fifo)
    assert "plain file" in read_file(fifo).trouble, "nobody waits for a writer"


@pytest.mark.parametrize("domain", ["gui/501", "user/501"])
async def test_the_job_is_found_in_either_domain(mac: Host, tool: Tool, domain: str) -> None:
    tool(LAUNCHCTL, HERE.format(domain=domain, label=LABEL) + ABSENT)
    seen = await look(mac)
    assert isinstance(seen, Seen)
    assert [job.domain for job in seen.jobs] == [domain]
    assert (seen.domain, seen.desktop, seen.override) == ("gui/501", True, None)
    assert (LAUNCHCTL, "print", f"user/501/{LABEL}") in seen.looked


async def test_without_a_desktop_login(mac: Host, tool: Tool) -> None:
    tool(LAUNCHCTL, 'case "$2" in gui/*) exit 112;; ' + ABSENT)
    seen = await look(mac)
    assert isinstance(seen, Seen)
    assert (seen.domain, seen.desktop, seen.jobs) == ("user/501", False, ())


async def test_an_old_launchctl_names_no_domain(mac: Host, tool: Tool) -> None:
    body = f'case "$2" in gui/501/*) printf "{LABEL} = {{\\n\\tpid = 1\\n}}\\n";; ' + ABSENT
    tool(LAUNCHCTL, body)
    seen = await look(mac)
    assert isinstance(seen, Seen)
    assert seen.jobs[0].domain == "gui/501"


@pytest.mark.parametrize(
    "body",
    [
        "exit 64",
        f'printf "gui/501/{LABEL} = {{\\n\\tstate = run"',  # cut short
        'case "$1" in print) exit 113;; *) exit 5;; esac',
    ],
)
async def test_what_is_not_known_is_never_taken_for_absent(
    mac: Host, tool: Tool, body: str
) -> None:
    tool(LAUNCHCTL, body)
    assert isinstance(await look(mac), Failed)


async def test_no_launchctl(mac: Host) -> None:
    assert isinstance(await look(mac), Failed)
