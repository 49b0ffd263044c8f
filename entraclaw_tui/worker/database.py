"""SQLite on a thread of its own: one connection, one writer, durable before it answers."""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

_PRAGMAS: Final = (
    "busy_timeout=2000",
    "locking_mode=EXCLUSIVE",
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "foreign_keys=ON",
    "secure_delete=ON",
    "journal_size_limit=4194304",
)


class DatabaseError(Exception):
    """The database cannot be used. The message is for a person."""


class Database:
    """Runs functions on the thread that owns the connection, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self.moved_aside: Path | None = None
        """Where a damaged database was put at opening."""
        self._thread = threading.Thread(target=self._serve, name="state-db", daemon=True)
        self._thread.start()

    def open(self) -> Future[None]:
        """Open and check the file; a damaged one is moved aside. Raises DatabaseError."""
        return self.submit(lambda _: None)

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `work` on the thread; the future is done there."""
        future: Future[T] = Future()

        def job() -> None:
            # A reader that has gone may not end the thread: from here on nobody can cancel.
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(self._opened())
            except BaseException as error:  # handed to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

        self._jobs.put(job)
        return future

    def close(self) -> None:
        """Write everything into the file, close it, end the thread. Blocks."""
        self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._open()
            except (sqlite3.Error, OSError) as error:
                raise DatabaseError(f"{self._path.name} cannot be opened: {error}") from error
        return self._connection

    def _open(self) -> sqlite3.Connection:
        # SQLite would follow a link and take over whatever it finds there.
        if self._path.is_symlink():
            raise DatabaseError(f"{self._path.name} is a link; remove it.")
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # busy, full, read-only: not damaged
                raise
            self.moved_aside = _move_aside(self._path)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(self._path, flags, 0o600)
        plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
        os.fchmod(descriptor, 0o600)
        os.close(descriptor)
        if not plain:
            raise DatabaseError(f"{self._path.name} is not a plain file; remove it.")
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        # What others wrote may be no text: it is read, and its seal or chain does not hold.
        connection.text_factory = _readable
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise sqlite3.DatabaseError(str(state))
            _migrate(connection, self._path)
        except BaseException:
            connection.close()
            raise
        return connection


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "backslashreplace")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date, each step whole or not at all. Refuses a newer one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    scripts = sorted(
        (entry.name, entry.read_text("utf-8"))
        for entry in resources.files("entraclaw_tui.worker").joinpath("schema").iterdir()
        if entry.name.endswith(".sql")
    )
    if version > len(scripts):
        raise DatabaseError(f"{path.name} was written by a newer version of this program.")
    if 0 < version < len(scripts):
        backup = path.with_name(f"{path.name}.v{version}")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
    for number, (_, script) in enumerate(scripts[version:], version + 1):
        connection.executescript(
            f"BEGIN EXCLUSIVE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;"
        )


def _move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
