"""What lies around the job: read from a folder that plays a Mac, with tools that may be odd."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.doctor import surroundings
from entraclaw_tui.doctor.evidence import gather
from entraclaw_tui.doctor.surroundings import look_around
from entraclaw_tui.macos.agent_plist import make_folders
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from tests.support.bare_mac import bare_mac


@pytest.fixture
def mac() -> Iterator[Host]:
    with bare_mac() as host:
        host.home.mkdir(parents=True)
        make_folders(Places.of(host))
        yield host


def tool(host: Host, path: str, body: str) -> None:
    place = host.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{body}\n")
    place.chmod(0o700)


PRINT = f"""\
printf 'gui/501/{LABEL} = {{\\n\\tstate = running\\n'
printf '\\tinherited environment = {{\\n\\t\\tGH_TOKEN => abc\\n\\t\\tLANG => C\\n\\t}}\\n}}\\n'
"""
OVERRIDES = f"""\
case "$1" in print-disabled)
printf '\\n\\tdisabled services = {{\\n\\t\\t"{LABEL}" => enabled\\n\\t}}\\n\\n'
printf '\\tlogin item associations = {{\\n\\t\\t"{LABEL}" => disabled\\n\\t}}\\n';;
*) exit 113;; esac
"""


async def test_names_of_secrets_in_the_session_and_never_their_values(mac: Host) -> None:
    tool(mac, "/bin/launchctl", PRINT)
    around = await look_around(mac, "", {})
    assert around.variables == ("GH_TOKEN",)
    assert around.desktop
    assert "abc" not in repr(around)


async def test_no_desktop_asks_when_the_keychain_locks(mac: Host) -> None:
    tool(mac, "/bin/launchctl", "exit 112")
    tool(mac, "/usr/bin/security", "echo 'Keychain \"/k\" timeout=300s' >&2")
    around = await look_around(mac, "", {})
    assert not around.desktop
    assert around.lock is not None


async def test_protection_and_quarantine(mac: Host) -> None:
    tool(mac, "/usr/bin/csrutil", "echo 'System Integrity Protection status: disabled.'")
    tool(mac, "/usr/bin/xattr", "echo '0083;0;Safari;'")
    around = await look_around(mac, "/x/python", {})
    assert around.sip is False
    assert around.quarantined[0] == "/x/python"
    tool(mac, "/usr/bin/csrutil", "echo 'System Integrity Protection status: enabled.'")
    tool(mac, "/usr/bin/xattr", "exit 1")
    around = await look_around(mac, "/x/python", {})
    assert around.sip is True
    assert around.quarantined == ()


async def test_login_items_are_the_second_block(mac: Host) -> None:
    tool(mac, "/bin/launchctl", OVERRIDES)
    evidence = await gather(mac)
    assert evidence.login_items == {LABEL}
    assert evidence.disabled == {LABEL: False}


async def test_folders_of_the_definition(mac: Host) -> None:
    logs = Places.of(mac).log_dir
    job: dict[str, object] = {
        "StandardOutPath": str(logs / "out.log"),
        "StandardErrorPath": str(logs / "none" / "err.log"),
        "WorkingDirectory": 3,
    }
    around = await look_around(mac, "", job)
    assert [(folder.there, folder.writable) for folder in around.folders] == [
        (True, True),
        (False, False),
    ]


def test_settings_as_they_lie_there(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert not surroundings.read_settings(path, "x").there
    path.write_text('[agent]\nname = "notes"\nage = 3\n')
    read = surroundings.read_settings(path, "x")
    assert (read.text("agent", "name"), read.text("agent", "age"), read.text("no", "x")) == (
        "notes",
        "",
        "",
    )
    for data in (b"[agent", b"\xff\xfe"):
        path.write_bytes(data)
        assert surroundings.read_settings(path, "x").trouble
    path.unlink()
    path.mkdir()
    assert surroundings.read_settings(path, "x").trouble


def test_a_database_is_told_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert surroundings.database_trouble(path) == ""
    path.write_bytes(b"")
    assert surroundings.database_trouble(path) == ""
    path.write_bytes(b"SQLite format 3\x00 and more")
    assert surroundings.database_trouble(path) == ""
    path.write_bytes(b"SQLite format 2\x00")
    assert surroundings.database_trouble(path)


@pytest.mark.parametrize(
    ("lines", "fine"),
    [
        ("", True),
        ('{"seq": 3}\n{"seq": 4}\n', True),
        ('{"seq": 3}\n{"seq": 5}\n', False),
        ('{"seq": 4}\n{"seq": 4}\n', False),
        ('{"seq": 3}\nnonsense\n', False),
        ("[1]\n", False),
        ('{"seq": "x"}\n', False),
        ('{"seq": ' + "[" * 50_000 + "\n", False),
    ],
)
def test_the_audit_goes_up_one_by_one(tmp_path: Path, lines: str, fine: bool) -> None:
    assert surroundings.audit_trouble(tmp_path) == ""
    (tmp_path / "2026-01-01.jsonl").write_text(lines)
    assert (surroundings.audit_trouble(tmp_path) == "") is fine


def test_refusals_of_the_last_day(tmp_path: Path) -> None:
    now = time.time()
    log = tmp_path / "worker.log"
    assert surroundings.refusals(log, now) == ()
    lines = [
        {"at": now - 100_000, "level": "error", "message": "AADSTS700027: old"},
        {"at": now - 10, "level": "error", "message": "AADSTS700027: new"},
        {"at": now - 5, "level": "info", "message": "nothing"},
    ]
    log.write_bytes(b"\n".join(msgspec.json.encode(line) for line in lines) + b"\n")
    assert surroundings.refusals(log, now) == ("AADSTS700027: new",)


@pytest.mark.parametrize(
    ("line", "free"),
    [
        ("/dev/disk3s5   482797652 386328660  96468992      81%    /System/Volumes/Data", 96468992),
        ("/dev/disk 1    482797652 482797652         0     100%    /Volumes/My Disk", 0),
        ("//me@nas/home  1000 1100      -100     111%    /Users", -100),
        (
            "map auto_home            0         0         0     100%    /System/Volumes/Data/home",
            None,
        ),
        ("df: no such file", None),
        ("", None),
    ],
)
async def test_what_the_disk_has_left(mac: Host, line: str, free: int | None) -> None:
    tool(
        mac,
        "/bin/df",
        f"echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'\necho '{line}'",
    )
    around = await look_around(mac, "", {})
    assert around.free_bytes == (None if free is None else free * 1024)


async def test_a_folder_is_writable_by_its_own_bits(mac: Host) -> None:
    logs = Places.of(mac).log_dir
    job: dict[str, object] = {"StandardErrorPath": str(logs / "err.log")}
    for mode, writable in ((0o700, True), (0o300, True), (0o500, False), (0o600, False)):
        logs.chmod(mode)
        around = await look_around(mac, "", job)
        assert [folder.writable for folder in around.folders] == [writable], oct(mode)
    logs.chmod(0o700)
