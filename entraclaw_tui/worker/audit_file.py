"""The audit as files: one JSON line an entry, one file a day (UTC), append only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.macos.plain_files import LINE, lines_back, lines_of, open_plain
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.worker.chain import Check
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.rows import Change

_CHUNK = 1000
_END = 4 * LINE
"""Bytes at the end of a file in which its last entry is looked for; an entry is far smaller."""
_MOST = 2**53
"""More entries than a worker ever writes; the database cannot even look for much larger ones."""


class AuditFiles:
    """Follows the commits. The database is the truth; the files can always be caught up."""

    def __init__(self, folder: Path, log: WorkerLog) -> None:
        self._folder = folder
        self._log = log
        self._day = ""
        self._descriptor = -1
        self.last: AuditEntry | None = None
        """The newest entry in the files."""
        self.behind = True
        """Something was committed and is not in the files; so it is until the first catching up."""
        self._ledger: Ledger | None = None
        self._again: asyncio.Task[None] | None = None
        self._told = False

    def find_last(self) -> AuditEntry | None:
        """Look for the newest entry in the files; cut off a line that a crash left half."""
        for path in reversed(self._paths()):
            entry = _last_of(path)
            if entry is not None:
                self.last = entry
                return entry
        return None

    async def catch_up(self, ledger: Ledger) -> None:
        """Write what was committed and not yet exported."""
        self._ledger = ledger
        self.behind = True
        while self.behind:  # again, where a commit came between reading and writing
            self.behind = False
            try:
                while entries := await _entries(ledger, self._seq):
                    if not self._write(entries):
                        return
            except BaseException:  # not read, or no longer wanted: not all of it is there
                self.behind = True
                raise

    def committed(self, changes: list[Change]) -> None:
        """Write the entries of a commit; after trouble, all that is missing."""
        entries = [change for change in changes if isinstance(change, AuditEntry)]
        if not entries:
            return
        if not self.behind:
            self._write(entries)
        elif self._ledger is not None and (self._again is None or self._again.done()):
            work = self._try_again(self._ledger)
            self._again = asyncio.get_running_loop().create_task(work, name="export-audit")

    async def _try_again(self, ledger: Ledger) -> None:
        with contextlib.suppress(WireError):  # the next commit will do
            await self.catch_up(ledger)

    def _write(self, entries: list[AuditEntry]) -> bool:
        """Append entries, each in its day's file; False where one is missing or did not go in."""
        for entry in entries:
            if entry.seq <= self._seq:
                continue  # caught up with meanwhile
            if entry.seq != self._seq + 1:
                self.behind = True
                return False
            try:
                _append(self._file_of(entry.at), _line_of(entry))
            except OSError as error:
                if not self._told:
                    self._log.error("The audit is not exported now.", why=str(error.strerror))
                self.behind = self._told = True
                return False
            self.last, self._told = entry, False
        return True

    @property
    def _seq(self) -> int:
        return self.last.seq if self.last is not None else 0

    async def compare(self, key: bytes, ledger: Ledger, ledger_check: Check) -> str:
        """Check the files' own chain; return the first problem, or an empty text.

        `ledger_check` has walked along the chain in the database.
        """
        seq, newest = ledger_check.seq, ledger_check.newest
        try:
            check, problem = await asyncio.to_thread(self._compare, key, seq, newest)
        except OSError as error:
            return f"The files cannot be read: {error.strerror}."
        if problem or check.seq <= seq:
            return problem
        # More lines than entries: committed meanwhile, or cut off in the database.
        later = await ledger.read(lambda txn: txn.audit_entries(check.seq - 1, 1))
        if [entry.chain for entry in later] != [check.newest]:
            return f"The database ends before entry {check.seq} of the files."
        return ""

    def close(self) -> None:
        """Close the day's file."""
        if self._again is not None:
            self._again.cancel()
        self._close_file()

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._day = ""

    def _compare(self, key: bytes, newest: int, newest_chain: str) -> tuple[Check, str]:
        check = Check(key)
        for entry in self._entries():
            if check.seq == 0 and entry.seq != 1:
                return check, f"The files begin with entry {entry.seq}."
            check.take([entry])
            if check.problem:
                return check, f"In the files: {check.problem}"
            if check.seq == newest and check.newest != newest_chain:
                return check, f"Entry {newest} of the files is not that of the database."
        if check.seq < newest:
            return check, f"The files end before entry {newest}."
        return check, ""

    def _entries(self) -> Iterator[AuditEntry]:
        for path in self._paths():
            with open_plain(path) as file:
                for line in lines_of(file):
                    entry = _entry_of(line)
                    if entry is not None:
                        yield entry

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??.jsonl"))

    def _file_of(self, at: float) -> int:
        day = _day_of(at)
        if self._descriptor < 0 or day > self._day:
            # A clock that was set back does not lead back to an older file: the order is theirs.
            day = max([day, *(path.stem for path in self._paths()[-1:])])
            self._close_file()
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
            flags |= os.O_NONBLOCK | os.O_CLOEXEC
            self._descriptor = os.open(self._folder / f"{day}.jsonl", flags, 0o600)
            os.fchmod(self._descriptor, 0o600)
            self._day = day
        return self._descriptor


def _append(descriptor: int, line: bytes) -> None:
    """Add a line, whole or not at all. Raises OSError."""
    size = os.fstat(descriptor).st_size
    try:
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _line_of(entry: AuditEntry) -> bytes:
    return msgspec.json.encode(entry) + b"\n"


def _entry_of(line: bytes) -> AuditEntry | None:
    """Return the entry of a line as it was written; one that only means the same is none."""
    try:
        entry = msgspec.json.decode(line, type=AuditEntry)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return entry if 0 < entry.seq < _MOST and _line_of(entry) == line else None


def _day_of(at: float) -> str:
    """Return the day (UTC) of a moment; of one that no calendar has, the first."""
    try:
        return datetime.fromtimestamp(at, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):  # somebody changed the row: `verify` says so
        return "1970-01-01"


async def _entries(ledger: Ledger, after: int) -> list[AuditEntry]:
    return await ledger.read(lambda txn: txn.audit_entries(after, _CHUNK))


def _last_of(path: Path) -> AuditEntry | None:
    """Return the last whole entry of a file, and cut off what follows its last line."""
    try:
        with open_plain(path) as file:
            lines = lines_back(file, _END)
            if half := len(next(lines, b"")):
                with contextlib.suppress(OSError):
                    os.truncate(path, file.seek(0, os.SEEK_END) - half)
            return next((entry for line in lines if (entry := _entry_of(line))), None)
    except OSError:
        return None
