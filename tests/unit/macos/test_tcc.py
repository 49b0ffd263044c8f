"""Privacy rows of databases old and new, and of files that are none."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import tcc_services
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.macos.privacy import judge, read_databases, read_privacy
from entraclaw_tui.macos.tcc_rows import NOT_DECODED, grant, read_rows
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

OLD = """
    CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL,
        allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL, csreq BLOB, flags INTEGER,
        indirect_object_identifier TEXT, last_modified INTEGER NOT NULL DEFAULT 0);
"""
NEW = """
    CREATE TABLE "access" (service TEXT NOT NULL, client TEXT NOT NULL,
        client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL, auth_reason INTEGER NOT NULL,
        auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
        indirect_object_identifier_type INTEGER,
        indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
        indirect_object_code_identity BLOB, flags INTEGER,
        last_modified INTEGER NOT NULL DEFAULT 0, pid INTEGER, pid_version INTEGER,
        boot_uuid TEXT NOT NULL DEFAULT 'UNUSED', last_reminded INTEGER NOT NULL DEFAULT 0,
        a_column_of_the_future INTEGER);
"""
PYTHON = "/opt/homebrew/Cellar/python@3.14/3.14.6/bin/python3.14"
ANCHOR_APPLE = bytes.fromhex("fade0c0000000010" + "00000001" + "00000003")


@pytest.fixture
def database(tmp_path: Path) -> Callable[..., Path]:
    def make(schema: str, *statements: str, name: str = "TCC #1%.db") -> Path:
        path = tmp_path / name
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(schema + ";".join(statements))
        return path

    return make


def test_a_database_of_today(database: Callable[..., Path]) -> None:
    insert = (
        "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version,"
        " csreq, last_modified, indirect_object_identifier) VALUES"
    )
    apple = ANCHOR_APPLE.hex()
    path = database(
        NEW,
        f"{insert} ('kTCCServiceSystemPolicyAllFiles', '{PYTHON}', 1, 2, 3, 1, x'{apple}',"
        " 1788256800, 'UNUSED')",
        f"{insert} ('kTCCServiceAppleEvents', 'com.example.a', 0, 0, 2, 1, x'00', 0,"
        " 'com.apple.finder')",
    )
    state, rows = read_rows(path, "system")
    assert state == "read"
    automation, disk = rows
    assert (disk.name, disk.client, disk.client_is_path) == ("Full Disk Access", PYTHON, True)
    assert (disk.state, disk.reason) == ("granted", "set in System Settings")
    assert (disk.changed_at, disk.scope, disk.target) == (1788256800.0, "system", "")
    assert disk.requirement == "anchor apple"
    assert (automation.name, automation.state) == ("Automation", "denied")
    assert automation.reason == "the person answered"
    assert automation.target == "com.apple.finder"
    assert automation.changed_at is None
    assert automation.requirement.startswith(NOT_DECODED)
    assert not automation.client_is_path
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_database_of_long_ago(database: Callable[..., Path]) -> None:
    insert = "INSERT INTO access (service, client, client_type, allowed, prompt_count) VALUES "
    path = database(
        OLD,
        f"{insert} ('kTCCServiceCamera', 'a', 0, 1, 1)",
        f"{insert} ('kTCCServiceCamera', 'b', 0, 0, 1)",
    )
    state, rows = read_rows(path, "user")
    assert state == "read"
    assert [(row.client, row.state, row.reason) for row in rows] == [
        ("a", "granted", ""),
        ("b", "denied", ""),
    ]


def test_decisions_in_words() -> None:
    def state(value: object) -> str:
        return grant({"service": "s", "client": "c", "auth_value": value}, "user").state

    words = ["denied", "unknown", "granted", "limited", "add only", "this run only", "6"]
    assert [state(value) for value in range(7)] == words
    assert state("two") == "two"
    assert grant({"auth_reason": 99}, "user").reason == "reason 99"


def test_no_rows_is_told_from_no_database(database: Callable[..., Path], tmp_path: Path) -> None:
    assert read_rows(database(NEW), "user") == ("read", ())
    assert read_rows(tmp_path / "nothing.db", "user") == ("absent", ())
    assert read_rows(tmp_path / "no" / "folder.db", "user") == ("absent", ())


def test_a_database_that_may_not_be_read(
    database: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database(NEW)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    # The test may run as root, whom no mode stops; macOS refuses at opening too.
    monkeypatch.setattr(os, "open", refuse)
    assert read_rows(path, "user") == ("denied", ())


def test_what_is_no_file_is_no_refusal(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "TCC.db")
    assert read_rows(tmp_path / "TCC.db", "user") == ("damaged", ())


def test_what_is_no_database(database: Callable[..., Path], tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + os.urandom(4000))
    assert read_rows(damaged, "user")[0] == "damaged"
    assert read_rows(database("CREATE TABLE other (a);"), "user")[0] == "damaged"
    strange = database("CREATE TABLE access (service, client);", name="strange.db")
    assert read_rows(strange, "user")[0] == "damaged"


VALUES = st.one_of(st.none(), st.integers(-9, 20), st.floats(), st.text(), st.binary(max_size=40))
COLUMNS = ("service", "client", "client_type", "auth_value", "allowed", "auth_reason", "csreq")


@given(st.dictionaries(st.sampled_from([*COLUMNS, "last_modified", "other"]), VALUES))
def test_values_of_any_type_give_a_row(row: dict[str, object]) -> None:
    found = grant(row, "user")
    if found.state == "granted":
        assert row.get("auth_value") == 2 or row.get("allowed") == 1


def test_both_databases_together(mac: Host) -> None:
    places = Places.of(mac)
    assert read_databases(places) == Privacy((), "absent", "absent")
    places.system_tcc.parent.mkdir(parents=True)
    with closing(sqlite3.connect(places.system_tcc)) as connection:
        connection.executescript(NEW)
    assert read_databases(places) == Privacy((), "absent", "read")


async def test_as_a_source(mac: Host) -> None:
    assert isinstance(await read_privacy(mac), Empty)
    places = Places.of(mac)
    for path in (places.user_tcc, places.system_tcc):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"nonsense" * 200)
    assert isinstance(await read_privacy(mac), Failed)


def test_what_counts_as_read() -> None:
    assert isinstance(judge(Privacy((), "read", "denied"), 1.0), Loaded)
    assert isinstance(judge(Privacy((), "absent", "read"), 1.0), Loaded)
    refused = judge(Privacy((), "denied", "absent"), 1.0)
    assert isinstance(refused, Failed)
    assert "Full Disk Access" in refused.hint


def test_services() -> None:
    services = tcc_services.all_services()
    assert len(services) >= 30
    assert len({service.key for service in services}) == len(services)
    assert len({service.name for service in services}) == len(services)
    assert all(not s.anchor or s.anchor.startswith("Privacy_") for s in services)
    assert tcc_services.service("kTCCServiceScreenCapture").name == "Screen Recording"
    assert tcc_services.service("kTCCServiceFallDetection").name == "Fall Detection"
    assert tcc_services.service("").name == ""
    assert tcc_services.settings_url("kTCCServiceCamera").endswith("?Privacy_Camera")
    assert tcc_services.settings_url("kTCCServiceSiri").endswith(".extension")
