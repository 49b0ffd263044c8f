"""Rows of a TCC database, read by the columns it has and never by the version of macOS.

A database that came from an older Mac keeps its old text, so only the table itself tells what
it holds. It is opened read-only and immutable: nothing is written beside it, no lock is taken.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from entraclaw_tui.macos import tcc_services
from entraclaw_tui.macos.csreq import RequirementError, decompile
from entraclaw_tui.macos.plain_files import open_plain
from entraclaw_tui.model.privacy import PrivacyGrant

READ, ABSENT, DENIED, DAMAGED = "read", "absent", "denied", "damaged"
LISTED = "listed"
"""The database is out of sight, but `tccutil list` tells its decisions."""
NOT_DECODED = "not decoded"
"""What a requirement begins with that could not be read. None in the language does."""

_STATES = {
    0: "denied",
    1: "unknown",
    2: "granted",
    3: "limited",
    4: "add only",
    # Bound to one process that may be long gone while the row stays: never a grant to rely on.
    5: "this run only",
}
_REASONS = {
    0: "",
    1: "an error",
    2: "the person answered",
    3: "set in System Settings",
    4: "set by macOS",
    5: "a rule of the service",
    6: "set by the organization (MDM)",
    7: "an override",
    8: "the program does not say why it asks",
    9: "nobody answered in time",
    10: "not asked yet",
    11: "the program is entitled",
    12: "a rule for this kind of app",
}
_WANTED = (
    "service",
    "client",
    "client_type",
    "auth_value",
    "allowed",
    "auth_reason",
    "csreq",
    "indirect_object_identifier",
    "last_modified",
)
_NEEDED = frozenset({"service", "client"})
_UNUSED = "UNUSED"


def read_rows(path: Path, scope: str) -> tuple[str, tuple[PrivacyGrant, ...]]:
    """Return how a database could be read (one of four words) and its rows."""
    try:
        path.stat()
        # Full Disk Access is asked at opening, and sqlite does not tell refusal from damage.
        with open_plain(path) as file:
            os.pread(file.fileno(), 16, 0)
    except FileNotFoundError:
        return ABSENT, ()
    except OSError as error:
        return (
            DAMAGED if error.errno == errno.EINVAL else DENIED
        ), ()  # no file there, or no leave
    try:
        with closing(_connect(path)) as database:
            return _select(database, scope)
    except sqlite3.Error as error:
        return (DENIED if "authorization denied" in str(error) else DAMAGED), ()


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
    database.row_factory = sqlite3.Row
    return database


def _select(database: sqlite3.Connection, scope: str) -> tuple[str, tuple[PrivacyGrant, ...]]:
    columns = {str(row["name"]) for row in database.execute("PRAGMA table_info(access)")}
    if not columns >= _NEEDED or not columns & {"auth_value", "allowed"}:
        return DAMAGED, ()
    chosen = ", ".join(column for column in _WANTED if column in columns)
    rows = database.execute(f"SELECT {chosen} FROM access ORDER BY service, client")  # noqa: S608 (names from _WANTED)
    return READ, tuple(grant(dict(row), scope) for row in rows)


def grant(row: Mapping[str, object], scope: str) -> PrivacyGrant:
    """Return one row in words; columns may be missing and values of any type."""
    service = str(row.get("service"))
    target = row.get("indirect_object_identifier")
    changed = row.get("last_modified")
    return PrivacyGrant(
        service=service,
        name=tcc_services.service(service).name,
        client=str(row.get("client")),
        client_is_path=row.get("client_type") == 1,
        state=_state(row),
        reason=_reason(row.get("auth_reason")),
        changed_at=float(changed) if isinstance(changed, int | float) and changed else None,
        scope=scope,
        target="" if target in (None, _UNUSED) else str(target),
        requirement=_requirement(row.get("csreq")),
    )


def _state(row: Mapping[str, object]) -> str:
    """Return the decision in words. Up to 10.15 there was only `allowed`, 0 or 1."""
    value = row.get("auth_value")
    if value is None and "allowed" in row:
        value = {0: 0, 1: 2}.get(_integer(row["allowed"]), row["allowed"])
    return _STATES.get(_integer(value), str(value))


def _reason(value: object) -> str:
    return "" if value is None else _REASONS.get(_integer(value), f"reason {value}")


def _integer(value: object) -> int:
    return value if isinstance(value, int) else -1


def _requirement(blob: object) -> str:
    if not isinstance(blob, bytes):
        return ""
    try:
        return decompile(blob)
    except RequirementError as error:
        return f"{NOT_DECODED}: {error}"
