"""The privacy databases of a pretend Mac, with the tables that macOS 14 to 27 give them."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path

from entraclaw_tui.demo.mac.lean import USER_TCC
from entraclaw_tui.macos.host import Host

SYSTEM_SERVICES = frozenset(
    "kTCCService" + name
    for name in (
        "Accessibility",
        "DeveloperTool",
        "EndpointSecurityClient",
        "ListenEvent",
        "PostEvent",
        "RemoteDesktop",
        "ScreenCapture",
        "SystemPolicyAllFiles",
    )
)
"""Services whose rows stand in the system's database; all others stand in the user's."""

_ADMIN_VERSIONS = {"14": 29, "15": 30, "26": 32, "27": 36}

_COMMON = """
CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE policies (
    id INTEGER NOT NULL PRIMARY KEY, bundle_id TEXT NOT NULL, uuid TEXT NOT NULL,
    display TEXT NOT NULL, UNIQUE (bundle_id, uuid));
CREATE TABLE active_policy (
    client TEXT NOT NULL, client_type INTEGER NOT NULL, policy_id INTEGER NOT NULL,
    PRIMARY KEY (client, client_type),
    FOREIGN KEY (policy_id) REFERENCES policies(id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX active_policy_id ON active_policy(policy_id);
CREATE TABLE access_overrides (service TEXT NOT NULL PRIMARY KEY);
CREATE TABLE expired (
    service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, csreq BLOB,
    last_modified INTEGER NOT NULL,
    expired_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
    PRIMARY KEY (service, client, client_type));
"""

_ACCESS = """
CREATE TABLE access (
    service TEXT NOT NULL,
    client TEXT NOT NULL,
    client_type INTEGER NOT NULL,
    auth_value INTEGER NOT NULL,
    auth_reason INTEGER NOT NULL,
    auth_version INTEGER NOT NULL,
    csreq BLOB,
    policy_id INTEGER,
    indirect_object_identifier_type INTEGER,
    indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
    indirect_object_code_identity BLOB,
    flags INTEGER,
    last_modified INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
    pid INTEGER,
    pid_version INTEGER,
    boot_uuid TEXT NOT NULL DEFAULT 'UNUSED',
    last_reminded INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),{more}
    PRIMARY KEY (service, client, client_type, indirect_object_identifier),
    FOREIGN KEY (policy_id) REFERENCES policies(id) ON DELETE CASCADE ON UPDATE CASCADE);
"""

_ACCESS_27 = """
    one_time_reprompt_eligible INTEGER,
    reminder_count INTEGER NOT NULL DEFAULT 0,"""

_INTEGRITY = """
CREATE TABLE integrity_flag (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
INSERT OR IGNORE INTO integrity_flag VALUES ('integrity_flag', 0);
"""

_MANAGED = """
CREATE TABLE managed_overrides (
    service TEXT NOT NULL,
    client TEXT NOT NULL,
    client_type INTEGER NOT NULL,
    auth_value INTEGER NOT NULL DEFAULT 1,
    auth_reason INTEGER NOT NULL,
    auth_version INTEGER NOT NULL,
    csreq BLOB,
    policy_id INTEGER,
    indirect_object_identifier_type INTEGER,
    indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
    indirect_object_code_identity BLOB,
    flags INTEGER NOT NULL DEFAULT 0,
    last_modified INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
    one_time_reprompt_eligible INTEGER,
    admin_auth_value INTEGER NOT NULL,
    PRIMARY KEY (service, client, client_type, indirect_object_identifier),
    FOREIGN KEY (policy_id) REFERENCES policies(id) ON DELETE CASCADE ON UPDATE CASCADE);
"""


class NoDatabase(Exception):
    """There is no such database: none was made."""


def create(host: Host) -> None:
    """Make both databases anew and empty; on macOS 27 the user's is not at its old place."""
    major = _major(host)
    schema = _COMMON + _ACCESS.format(more=_ACCESS_27 if major == "27" else "")
    if major in ("26", "27"):
        schema += _INTEGRITY
    if major == "27":
        schema += _MANAGED
    for path in (system_database(host), user_database(host), _kept_database(host)):
        path.unlink(missing_ok=True)
        if path == (user_database(host) if major == "27" else _kept_database(host)):
            continue
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644))
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            database.executescript(schema)
            version = _ADMIN_VERSIONS[major]
            database.execute("INSERT INTO admin VALUES ('version', ?)", (version,))


def add_row(
    host: Host,
    service: str,
    client: str,
    *,
    allowed: bool = True,
    auth_value: int | None = None,
    auth_reason: int = 2,
    csreq: bytes | None = None,
    target: str = "",
    changed_at: float | None = None,
    system: bool | None = None,
    pid: int | None = None,
    pid_version: int | None = None,
    boot_uuid: str = "UNUSED",
) -> None:
    """Put a grant or a denial into the database where the service's rows stand.

    A client that begins with a slash is a path, any other a bundle identifier. `auth_value` wins
    over `allowed`; `auth_reason` 2 is the person's own answer. `target` is the other program of
    an AppleEvents row. Raises NoDatabase where the databases were not made.
    """
    in_system = service in SYSTEM_SERVICES if system is None else system
    path = system_database(host) if in_system else _own_database(host)
    if not path.exists():
        raise NoDatabase(f"{host.shown(path)} does not exist on this macOS")
    changed = int(time.time() if changed_at is None else changed_at)
    values: dict[str, object] = {
        "service": service,
        "client": client,
        "client_type": int(client.startswith("/")),
        "auth_value": (2 if allowed else 0) if auth_value is None else auth_value,
        "auth_reason": auth_reason,
        "auth_version": 1,
        "csreq": csreq,
        "indirect_object_identifier_type": 0 if target else None,
        "indirect_object_identifier": target or "UNUSED",
        "flags": 0,
        "last_modified": changed,
        "pid": pid,
        "pid_version": pid_version,
        "boot_uuid": boot_uuid,
        "last_reminded": changed,
    }
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    with contextlib.closing(sqlite3.connect(path, timeout=10.0)) as database, database:
        database.execute(
            f"INSERT OR REPLACE INTO access ({names}) VALUES ({marks})",  # noqa: S608
            tuple(values.values()),
        )


def remove_rows(host: Host, client: str) -> None:
    """Take away everything that was said about a client."""
    for path in (system_database(host), _own_database(host)):
        if path.exists():
            with contextlib.closing(sqlite3.connect(path, timeout=10.0)) as database, database:
                database.execute("DELETE FROM access WHERE client = ?", (client,))


def system_database(host: Host) -> Path:
    """Return where the system's database lies."""
    return host.path("/Library/Application Support/com.apple.TCC/TCC.db")


def user_database(host: Host) -> Path:
    """Return where the user's database lies up to macOS 26."""
    return host.home / "Library/Application Support/com.apple.TCC/TCC.db"


def _kept_database(host: Host) -> Path:
    """Return where macOS 27 keeps the user's rows: `tccutil list` alone tells of them."""
    return host.path("/" + USER_TCC)


def _own_database(host: Host) -> Path:
    return _kept_database(host) if _major(host) == "27" else user_database(host)


def _major(host: Host) -> str:
    return (host.marker.macos if host.marker else "26").partition(".")[0]
