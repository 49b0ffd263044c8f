from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from entraclaw_tui.demo.mac import build, tcc
from entraclaw_tui.demo.mac.build import BuildError
from entraclaw_tui.macos.host import Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return build.prepare(tmp_path / "it's a mac", macos="26")


def test_a_new_folder_becomes_a_mac(host: Host) -> None:
    assert host.pretend
    assert (host.user, host.uid, host.name) == ("demo", 501, "studio")
    assert host.home == host.root / "Users/demo"
    assert stat.S_IMODE(host.root.stat().st_mode) == 0o700
    assert host.marker is not None
    assert host.marker.macos == "26.5"
    assert (host.root / "var/run").samefile(host.root / "private/var/run")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BuildError, match="no pretend Mac"):
        build.prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    with pytest.raises(BuildError, match="link"):
        build.prepare(tmp_path / "link")


def test_a_pretend_mac_keeps_its_contents(host: Host) -> None:
    (host.home / "note").write_text("kept")
    again = build.prepare(host.root, macos="27", scenario="pended", speed=4)
    assert (again.home / "note").read_text() == "kept"
    assert again.marker is not None
    assert (again.marker.macos, again.marker.scenario, again.marker.speed) == (
        "27.0.1",
        "pended",
        4,
    )


def test_without_a_folder_it_makes_a_short_one() -> None:
    host = build.prepare()
    try:
        assert len(str(host.root)) < 30
        assert host.root.name.startswith("ec-")
    finally:
        shutil.rmtree(host.root)


@pytest.mark.parametrize(("macos", "speed"), [("13", 1.0), ("26", 0.0), ("26", float("nan"))])
def test_what_cannot_be_is_refused(tmp_path: Path, macos: str, speed: float) -> None:
    with pytest.raises(BuildError, match=r"pretend macOS|speed"):
        build.prepare(tmp_path / "mac", macos=macos, speed=speed)


async def test_tools_run_through_the_one_door(host: Host) -> None:
    ran = await host.run("/usr/bin/sw_vers", "-productVersion")
    assert (ran.exit, ran.stdout, ran.stderr) == (0, b"26.5\n", b"")


_COLUMNS_14 = [
    *("service", "client", "client_type", "auth_value", "auth_reason", "auth_version"),
    *("csreq", "policy_id", "indirect_object_identifier_type", "indirect_object_identifier"),
    *("indirect_object_code_identity", "flags", "last_modified", "pid", "pid_version"),
    *("boot_uuid", "last_reminded"),
]
_COLUMNS_27 = [*_COLUMNS_14, "one_time_reprompt_eligible", "reminder_count"]
_PRIMARY_KEY = ["service", "client", "client_type", "indirect_object_identifier"]


@pytest.mark.parametrize(
    ("macos", "version", "columns", "user"),
    [
        ("14", 29, _COLUMNS_14, True),
        ("15", 30, _COLUMNS_14, True),
        ("26", 32, _COLUMNS_14, True),
        ("27", 36, _COLUMNS_27, False),
    ],
)
def test_the_privacy_databases_have_the_tables_of_that_macos(
    tmp_path: Path, macos: str, version: int, columns: list[str], user: bool
) -> None:
    host = build.prepare(tmp_path / "m", macos=macos)
    tcc.create(host)
    assert tcc.user_database(host).exists() is user
    with closing(sqlite3.connect(tcc.system_database(host))) as database:
        info = database.execute("PRAGMA table_info(access)").fetchall()
        assert [row[1] for row in info] == columns
        assert [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]] == _PRIMARY_KEY
        assert database.execute("SELECT value FROM admin").fetchall() == [(version,)]


def test_rows_go_where_their_service_stands(host: Host) -> None:
    tcc.create(host)
    tcc.add_row(host, "kTCCServiceSystemPolicyAllFiles", "/bin/x", csreq=b"\1", changed_at=5)
    tcc.add_row(host, "kTCCServiceAppleEvents", "org.x", target="com.apple.finder", allowed=False)
    found = []
    for path in (tcc.system_database(host), tcc.user_database(host)):
        with closing(sqlite3.connect(path)) as database:
            found.append(
                database.execute(
                    "SELECT client, client_type, auth_value, csreq, indirect_object_identifier "
                    "FROM access"
                ).fetchall()
            )
    assert found == [
        [("/bin/x", 1, 2, b"\1", "UNUSED")],
        [("org.x", 0, 0, None, "com.apple.finder")],
    ]


def test_rows_need_a_database(host: Host) -> None:
    with pytest.raises(tcc.NoDatabase):
        tcc.add_row(host, "kTCCServiceCamera", "org.x")


def test_macos_27_keeps_a_users_row_out_of_sight(tmp_path: Path) -> None:
    host = build.prepare(tmp_path / "m", macos="27")
    tcc.create(host)
    tcc.add_row(host, "kTCCServiceCamera", "org.x")
    assert not tcc.user_database(host).exists()
