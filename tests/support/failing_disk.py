"""A disk that fails when it is told to, beneath the worker's real ledger.

SQLite reaches its files through a VFS, and apsw lets Python be one (sqlite.org/vfs.html). The
worker uses Python's own `sqlite3`, whose library takes no VFS from apsw: so here `connect` stands
in for `sqlite3.connect` and gives a connection of apsw's SQLite with the few methods that the
worker uses. What that proves: the worker's transactions, acknowledgements and recoveries hold on
an SQLite whose writes and syncs fail, and the file that is left is sound for Python's own library,
which opens it afterwards. What it does not: how the system's build of SQLite meets the same fault.
The full disk is tried with that one too, in a real worker (test_full_disk.py).
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import apsw

T = TypeVar("T")
Kind = Literal["write", "sync"]
INJECTED = "the disk fails, as it was told to"
_NAME = "failing-disk"
_OPERATIONAL = (
    apsw.FullError, apsw.IOError, apsw.BusyError, apsw.LockedError, apsw.ReadOnlyError,
    apsw.CantOpenError, apsw.PermissionsError,
)  # fmt: skip
_DAMAGED = (apsw.CorruptError, apsw.NotADBError)


@dataclass
class Disk:
    """What is to fail, and what was done so far."""

    kind: Kind = "write"
    fail_at: int = 0
    """The how manieth operation of this kind fails, once; 0 for none."""
    room: int | None = None
    """Bytes that all files together may have; none for no limit."""
    done: int = 0
    tripped: bool = False
    paths: tuple[Path, ...] = ()
    """The files, so that their sizes can be added up."""

    def before(self, kind: Kind, end: int = 0, size: int = 0) -> None:
        """Fail, or do nothing. `end` is where a write ends in a file that has `size` bytes."""
        if kind == self.kind:
            self.done += 1
            if self.done == self.fail_at:
                self.tripped = True
                raise apsw.FullError(INJECTED) if kind == "write" else apsw.IOError(INJECTED)
        if self.room is not None and end > size:
            used = sum(path.stat().st_size for path in self.paths if path.exists())
            if used + end - size > self.room:
                self.tripped = True
                raise apsw.FullError(INJECTED)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write, or fail."""
        self._disk.before("write", offset + len(data), self.xFileSize())
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        """Reach the platter, or fail."""
        self._disk.before("sync")
        super().xSync(flags)


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(_NAME, base="")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        """Open a file of this disk."""
        return _File(self._disk, name, flags)


class _Connection:
    """As much of `sqlite3.Connection` as the worker uses, over apsw's."""

    def __init__(self, path: Path) -> None:
        self._inner = _told(lambda: apsw.Connection(str(path), vfs=_NAME))

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""
        return self._inner.in_transaction

    def execute(self, sql: str, values: Any = ()) -> _Cursor:
        """Run one statement."""
        return _Cursor(_told(lambda: self._inner.execute(sql, values)))

    def executescript(self, sql: str) -> None:
        """Run several."""
        _told(lambda: self._inner.execute(sql).fetchall())

    def close(self) -> None:
        """Close the files."""
        _told(lambda: self._inner.close())


class _Cursor:
    def __init__(self, inner: apsw.Cursor) -> None:
        self._inner = inner

    def __iter__(self) -> Any:
        return iter(self.fetchall())

    def fetchone(self) -> Any:
        return _told(self._inner.fetchone)

    def fetchall(self) -> list[Any]:
        return _told(self._inner.fetchall)


def _told(work: Callable[[], T]) -> T:
    """Run it, and tell of its failure in the words of `sqlite3`."""
    try:
        return work()
    except _OPERATIONAL as error:
        raise sqlite3.OperationalError(str(error)) from error
    except _DAMAGED as error:
        raise sqlite3.DatabaseError(str(error)) from error
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.Error(str(error)) from error


class Mounted:
    """A disk in its place: `connect` is for what would call `sqlite3.connect`."""

    def __init__(self, disk: Disk) -> None:
        self._vfs = _Vfs(disk)
        self._told = sys.unraisablehook
        sys.unraisablehook = self._unraisable

    def connect(self, path: Path, **_: object) -> _Connection:
        """Return a connection whose files are on this disk."""
        return _Connection(path)

    def unmount(self) -> None:
        """Take it away; connections that are open still use it."""
        self._vfs.unregister()
        sys.unraisablehook = self._told

    def _unraisable(self, found: sys.UnraisableHookArgs) -> None:
        # SQLite can do without some syncs, as in changing the journal's mode; apsw then tells of
        # the failure that nobody heard.
        if str(found.exc_value) != INJECTED:
            self._told(found)
