"""The database in which a pretend keychain lies."""

from __future__ import annotations

import sqlite3

from entraclaw_tui.demo.mac.osstatus import INVALID_KEYCHAIN, KeychainStatus

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool starts with this module
    from types import TracebackType

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY,
    service BLOB NOT NULL,
    account BLOB NOT NULL,
    label BLOB NOT NULL,
    kind BLOB,
    comment BLOB,
    generic BLOB,
    creator_code TEXT,
    type_code TEXT,
    secret BLOB NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    creator TEXT NOT NULL,
    partition TEXT NOT NULL,
    requirement TEXT NOT NULL,
    open INTEGER NOT NULL,
    internet BLOB NOT NULL DEFAULT x'',
    UNIQUE (internet, service, account)
);
"""


class Session:
    """One visit to the file: a transaction, closed in any case."""

    def __init__(self, path: str, create: bool) -> None:
        self._create = create
        self._database = sqlite3.connect(path, timeout=10.0, isolation_level="IMMEDIATE")

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._database.execute("PRAGMA synchronous = OFF")
            if self._create:
                self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise _translated(error) from error
        return self._database

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._database.commit()
            else:
                self._database.rollback()
        finally:
            self._database.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise _translated(error) from error


def _translated(error: sqlite3.DatabaseError) -> Exception:
    """Return what a caller hears: a busy file stays what it is, all else is no keychain."""
    busy = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
    return error if busy else KeychainStatus(INVALID_KEYCHAIN)
