"""The keychain of a pretend Mac: a small database that every process may open at any time.

Its rules are those of the file keychain: two gates before a secret (unlocked, and one of the
programs in the access list), metadata for everybody. The secrets in it are protected by the
file's mode alone: they are pretend secrets.
"""

from __future__ import annotations

import os
import sqlite3
import time

from entraclaw_tui.demo.mac import keychain_clock
from entraclaw_tui.demo.mac.keychain_file import Session
from entraclaw_tui.demo.mac.keychain_item import COLUMNS, Item
from entraclaw_tui.demo.mac.lean import exists
from entraclaw_tui.demo.mac.osstatus import (
    AUTH_FAILED,
    DUPLICATE_ITEM,
    INTERACTION_NOT_ALLOWED,
    INVALID_OWNER_EDIT,
    ITEM_NOT_FOUND,
    NO_SUCH_KEYCHAIN,
    KeychainStatus,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool starts with this module
    from os import PathLike
    from pathlib import Path

SECURITY = "/usr/bin/security"
"""The program that the `security` tool is, whatever folder the Mac lies in."""

_OWN = ["Library", "Keychains"]


class PretendKeychain:
    """One keychain file. Every call opens it anew, so that no process holds it from others."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = os.fspath(path)
        """The file as `security` prints it."""

    @property
    def path(self) -> Path:
        """The file."""
        from pathlib import Path

        return Path(self.name)

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        return exists(self.name)

    @property
    def version(self) -> int:
        """The keychain's version: 512 has partition lists, and only the user's own has it."""
        folders = self.name.split("/")
        return 512 if folders[-5:-4] == ["Users"] and folders[-3:-1] == _OWN else 256

    @property
    def locked(self) -> bool:
        """Whether secrets are out of reach."""
        with self._open() as database:
            return keychain_clock.is_locked(database, self.name)

    def create(self, password: str = "demo") -> None:  # noqa: S107
        """Make the file, unlocked and empty; an existing one stays as it is."""
        with self._open(create=True) as database:
            salt = os.urandom(8).hex()
            database.execute(
                "INSERT OR IGNORE INTO settings VALUES ('password', ?)",
                (salt + ":" + _digest(salt, password),),
            )

    def remove(self) -> None:
        """Delete the file with everything in it. Raises KeychainStatus where there is none."""
        try:
            os.unlink(self.name)  # noqa: PTH108
        except FileNotFoundError:
            raise KeychainStatus(NO_SUCH_KEYCHAIN) from None

    @property
    def policy(self) -> str:
        """When it locks itself, as `show-keychain-info` prints it."""
        with self._open() as database:
            return self._setting(database, "policy") or "no-timeout"

    def set_policy(self, policy: str) -> None:
        """Say when it locks itself. Raises KeychainStatus for a locked one."""
        if self.locked:
            raise KeychainStatus(INTERACTION_NOT_ALLOWED)
        self._set("policy", policy)
        self._use()

    def lock(self) -> None:
        """Put the secrets out of reach."""
        self._set("locked", "1")

    def unlock(self, password: str) -> None:
        """Bring the secrets back. Raises KeychainStatus for a wrong password."""
        if not self.opens_with(password):
            raise KeychainStatus(AUTH_FAILED)
        self._set("locked", "0")
        self._use()

    def items(self) -> list[Item]:
        """Return all items, oldest first, without secrets; locked or not."""
        return self.find(internet=None)

    def find(
        self,
        service: str | bytes | None = None,
        account: str | bytes | None = None,
        label: str | bytes | None = None,
        internet: bytes | None = b"",
    ) -> list[Item]:
        """Return the items with all the given attributes, oldest first; locked or not.

        They are generic passwords unless `internet` says which others; None stands for all.
        """
        wanted = {"service": service, "account": account, "label": label, "internet": internet}
        given = {name: _bytes(value) for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        with self._open() as database:
            rows = database.execute(
                f"SELECT {COLUMNS} FROM items WHERE {where} ORDER BY id",  # noqa: S608
                tuple(given.values()),
            ).fetchall()
        return [Item(row) for row in rows]

    def opens_with(self, password: str) -> bool:
        """Return whether this is its password."""
        with self._open() as database:
            salt, _, digest = self._setting(database, "password").partition(":")
        return _digest(salt, password) == digest

    def read(self, item: Item, program: str, partition: str = "") -> bytes:
        """Return a secret. Raises KeychainStatus: locked, or a dialog would be needed.

        `partition` is what the program's own signature puts it into; the second gate, which the
        user's own keychains have, is not looked at without one.
        """
        with self._open() as database:
            if keychain_clock.is_locked(database, self.name):
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            let_in = self.version < 512 or not partition or partition in item.partitions
            if not (item.readable_by(program) and let_in):
                raise KeychainStatus(AUTH_FAILED)
            keychain_clock.used(database)
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
        internet: bytes = b"",
        created: float | None = None,
        modified: float | None = None,
    ) -> None:
        """Add an item. Raises KeychainStatus where one of that service and account exists.

        `created` and `modified` are for stories that begin in the past. Without a `partition` the
        item belongs to an unsigned program, or to Apple's tools where `security` made it.
        """
        made = int(time.time() if created is None else created)
        changed = made if modified is None else int(modified)
        own = _access(creator)
        with self._open() as database:
            if keychain_clock.is_locked(database, self.name):
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            keychain_clock.used(database)
            try:
                database.execute(
                    "INSERT INTO items VALUES (NULL, ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
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
                        internet,
                    ),
                )
            except sqlite3.IntegrityError:
                raise KeychainStatus(DUPLICATE_ITEM) from None

    def update(self, item: Item, secret: bytes, creator: str = "") -> None:
        """Change a secret in place. Raises KeychainStatus.

        The access list keeps what it was unless `creator` takes it over.
        """
        with self._open() as database:
            if keychain_clock.is_locked(database, self.name):
                raise KeychainStatus(INTERACTION_NOT_ALLOWED)
            keychain_clock.used(database)
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

    def hand_over(self, item: Item, *, creator: str, partition: str, requirement: str) -> None:
        """Let another program have made an item, and be the one that may read it."""
        with self._open() as database:
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

    def _open(self, create: bool = False) -> Session:
        if create:
            os.makedirs(os.path.dirname(self.name), 0o700, exist_ok=True)  # noqa: PTH103, PTH120
            os.close(os.open(self.name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        elif not self.exists:
            raise KeychainStatus(NO_SUCH_KEYCHAIN)
        return Session(self.name, create)

    def _use(self) -> None:
        with self._open() as database:
            keychain_clock.used(database)

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
    import hashlib

    return hashlib.sha256((salt + password).encode()).hexdigest()
