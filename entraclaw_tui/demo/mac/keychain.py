"""The keychain of a pretend Mac: a small database that every process may open at any time.

Its rules are those of the file keychain: two gates before a secret (unlocked, and one of the
programs in the access list), metadata for everybody. The secrets in it are protected by the
file's mode alone: they are pretend secrets.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool starts with this module
    from collections.abc import Iterator

SECURITY = "/usr/bin/security"
"""The program that the `security` tool is, whatever folder the Mac lies in."""

INTERACTION_NOT_ALLOWED = -25308
AUTH_FAILED = -25293
ITEM_NOT_FOUND = -25300
DUPLICATE_ITEM = -25299
INVALID_OWNER_EDIT = -25244
NO_SUCH_KEYCHAIN = -25294

MESSAGES = {
    0: "No error.",
    -50: "One or more parameters passed to a function were not valid.",
    -128: "User canceled the operation.",
    -25244: "Invalid attempt to change the owner of this item.",
    -25291: "No keychain is available. You may need to restart your computer.",
    -25292: "This keychain cannot be modified.",
    -25293: "The user name or passphrase you entered is not correct.",
    -25294: "The specified keychain could not be found.",
    -25295: "The specified keychain is not a valid keychain file.",
    -25296: "A keychain with the same name already exists.",
    -25299: "The specified item already exists in the keychain.",
    -25300: "The specified item could not be found in the keychain.",
    -25307: "A default keychain could not be found.",
    -25308: "User interaction is not allowed.",
    -25315: "User interaction is required, but is currently not allowed.",
    -34018: "A required entitlement isn't present.",
}
"""Texts of SecCopyErrorMessageString for the numbers that occur here."""

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
    UNIQUE (service, account)
);
"""

COLUMNS = (
    "id, service, account, label, kind, comment, generic, creator_code, type_code, "
    "created, modified, creator, partition, requirement, open"
)
"""What an `Item` is made of, in order."""


class KeychainStatus(Exception):
    """An OSStatus that is not 0, `args` are the number and its text."""

    def __init__(self, status: int) -> None:
        super().__init__(status, MESSAGES.get(status, "Unknown Error"))
        self.status = status


class Item:
    """A generic password without its secret."""

    __slots__ = (
        "account",
        "comment",
        "created",
        "creator",
        "creator_code",
        "generic",
        "id",
        "kind",
        "label",
        "modified",
        "open",
        "partition",
        "requirement",
        "service",
        "type_code",
    )

    def __init__(self, row: tuple[object, ...]) -> None:
        names = [name.strip() for name in COLUMNS.split(",")]
        self.id: int
        self.service: bytes
        self.account: bytes
        self.label: bytes
        self.kind: bytes | None
        self.comment: bytes | None
        self.generic: bytes | None
        self.creator_code: str | None
        """Four characters, or None."""
        self.type_code: str | None
        self.created: int
        """Seconds since 1970."""
        self.modified: int
        self.creator: str
        """The program that made it: the one that may read it without a dialog."""
        self.partition: str
        """Its partition list: `apple-tool:`, `teamid:...`, `cdhash:...`, `unsigned:`."""
        self.requirement: str
        """The creator's designated requirement as it was then, or empty."""
        self.open: bool
        """Whether every program may read it."""
        for name, value in zip(names, row, strict=True):
            setattr(self, name, bool(value) if name == "open" else value)

    def readable_by(self, program: str) -> bool:
        """Return whether a program gets the secret without a dialog."""
        return self.open or program == self.creator


class PretendKeychain:
    """One keychain file. Every call opens it anew, so that no process holds it from others."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        return self.path.exists()

    @property
    def version(self) -> int:
        """The keychain's version: 512 has partition lists, and only the user's own has it."""
        return 512 if self.path.parent.parent.name == "Library" and self._in_home else 256

    @property
    def _in_home(self) -> bool:
        return self.path.parent.parent.parent.parent.name == "Users"

    @property
    def locked(self) -> bool:
        """Whether secrets are out of reach."""
        with self._open() as database:
            return self._setting(database, "locked") == "1"

    def create(self, password: str = "demo") -> None:  # noqa: S107
        """Make the file, unlocked and empty; an existing one stays as it is."""
        with self._open(create=True) as database:
            salt = os.urandom(8).hex()
            database.execute(
                "INSERT OR IGNORE INTO settings VALUES ('password', ?)",
                (salt + ":" + _digest(salt, password),),
            )

    def lock(self) -> None:
        """Put the secrets out of reach."""
        self._set("locked", "1")

    def unlock(self, password: str) -> None:
        """Bring the secrets back. Raises KeychainStatus for a wrong password."""
        with self._open() as database:
            salt, _, digest = self._setting(database, "password").partition(":")
        if _digest(salt, password) != digest:
            raise KeychainStatus(AUTH_FAILED)
        self._set("locked", "0")

    def items(self) -> list[Item]:
        """Return all items, oldest first, without secrets; locked or not."""
        return self.find()

    def find(
        self,
        service: str | bytes | None = None,
        account: str | bytes | None = None,
        label: str | bytes | None = None,
    ) -> list[Item]:
        """Return the items with all the given attributes, oldest first; locked or not."""
        wanted = {"service": service, "account": account, "label": label}
        given = {name: _bytes(value) for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        with self._open() as database:
            rows = database.execute(
                f"SELECT {COLUMNS} FROM items WHERE {where} ORDER BY id",  # noqa: S608
                tuple(given.values()),
            ).fetchall()
        return [Item(row) for row in rows]

    def read(self, item: Item, program: str) -> bytes:
        """Return a secret. Raises KeychainStatus: locked, or a dialog would be needed."""
        with self._open() as database:
            if self._setting(database, "locked") == "1":
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            if not item.readable_by(program):
                raise KeychainStatus(AUTH_FAILED)
            row = database.execute("SELECT secret FROM items WHERE id = ?", (item.id,)).fetchone()
        if row is None:
            raise KeychainStatus(ITEM_NOT_FOUND)
        return bytes(row[0])

    def add(
        self,
        service: str | bytes,
        account: str | bytes,
        secret: bytes,
        *,
        creator: str,
        label: str | bytes | None = None,
        kind: str | bytes | None = None,
        comment: str | bytes | None = None,
        generic: str | bytes | None = None,
        creator_code: str | None = None,
        type_code: str | None = None,
        partition: str = "",
        requirement: str = "",
        open_to_all: bool = False,
        created: float | None = None,
        modified: float | None = None,
    ) -> None:
        """Add an item. Raises KeychainStatus where one of that service and account exists.

        `created` and `modified` are for stories that begin in the past. Without a `partition` the
        item belongs to an unsigned program, or to Apple's tools where `security` made it.
        """
        now = int(time.time())
        made = now if created is None else int(created)
        changed = max(made, now if created is None else made) if modified is None else int(modified)
        own = _access(creator)
        with self._open() as database:
            if self._setting(database, "locked") == "1":
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            try:
                database.execute(
                    "INSERT INTO items VALUES (NULL, ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        _bytes(service),
                        _bytes(account),
                        _bytes(service if label is None else label),
                        *(None if text is None else _bytes(text) for text in (kind, comment)),
                        None if generic is None else _bytes(generic),
                        creator_code,
                        type_code,
                        secret,
                        made,
                        changed,
                        creator,
                        partition or own[0],
                        requirement or own[1],
                        int(open_to_all),
                    ),
                )
            except sqlite3.IntegrityError:
                raise KeychainStatus(DUPLICATE_ITEM) from None

    def update(self, item: Item, secret: bytes, creator: str = "") -> None:
        """Change a secret in place. Raises KeychainStatus.

        The access list keeps what it was unless `creator` takes it over.
        """
        with self._open() as database:
            if self._setting(database, "locked") == "1":
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            done = database.execute(
                "UPDATE items SET secret = ?, modified = ? WHERE id = ?",
                (secret, int(time.time()), item.id),
            )
            if not done.rowcount:
                raise KeychainStatus(ITEM_NOT_FOUND)
            if creator:
                partition, requirement = _access(creator)
                database.execute(
                    "UPDATE items SET creator = ?, partition = ?, requirement = ? WHERE id = ?",
                    (creator, partition, requirement, item.id),
                )

    def delete(self, item: Item, program: str) -> None:
        """Delete an item. Raises KeychainStatus for a program that is not its owner.

        Apple's `security` may delete everything, which is the way out after an upgrade of the
        owner (measured on 26.5.2: facts of the file keychain's access control).
        """
        if program != SECURITY and not item.readable_by(program):
            raise KeychainStatus(INVALID_OWNER_EDIT)
        with self._open() as database:
            if not database.execute("DELETE FROM items WHERE id = ?", (item.id,)).rowcount:
                raise KeychainStatus(ITEM_NOT_FOUND)

    @contextlib.contextmanager
    def _open(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        if create:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        elif not self.path.exists():
            raise KeychainStatus(NO_SUCH_KEYCHAIN)
        database = sqlite3.connect(self.path, timeout=10.0, isolation_level="IMMEDIATE")
        try:
            database.execute("PRAGMA synchronous = OFF")
            if create:
                database.executescript(_SCHEMA)
            with database:
                yield database
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            raise KeychainStatus(-25295) from error
        finally:
            database.close()

    def _setting(self, database: sqlite3.Connection, name: str) -> str:
        row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _set(self, name: str, value: str) -> None:
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _access(creator: str) -> tuple[str, str]:
    """Return the partition and the requirement of a program that says nothing of itself."""
    if creator == SECURITY:
        return "apple-tool:", 'identifier "com.apple.security" and anchor apple'
    return "unsigned:", ""


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256((salt + password).encode()).hexdigest()
