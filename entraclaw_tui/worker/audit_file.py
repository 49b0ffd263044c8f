"""The audit as files: one JSON line an entry, one file a day (UTC), append only."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.worker.chain import Check
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.rows import Change

_CHUNK = 1000


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
        self.behind = False
        while entries := await _entries(ledger, self._seq):
            if not self._write(entries):
                return

    def committed(self, changes: list[Change]) -> None:
        """Write the entries of a commit. After trouble the rest waits for the next catching up."""
        entries = [change for change in changes if isinstance(change, AuditEntry)]
        if entries and not self.behind:
            self._write(entries)

    def _write(self, entries: list[AuditEntry]) -> bool:
        """Append entries, each in its day's file; False where one is missing or did not go in."""
        for entry in entries:
            if entry.seq <= self._seq:
                continue  # caught up with meanwhile
            try:
                if entry.seq != self._seq + 1:
                    raise OSError(0, "an entry is missing")
                os.write(self._file_of(entry.at), msgspec.json.encode(entry) + b"\n")
            except OSError as error:
                self.behind = True
                self._log.error("The audit is not exported now.", why=str(error.strerror))
                return False
            self.last = entry
        return True

    @property
    def _seq(self) -> int:
        return self.last.seq if self.last is not None else 0

    async def compare(self, key: bytes, ledger_check: Check) -> str:
        """Check the files' own chain; return the first problem, or an empty text."""
        return await asyncio.to_thread(self._compare, key, ledger_check.seq, ledger_check.newest)

    def close(self) -> None:
        """Close the day's file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._day = ""

    def _compare(self, key: bytes, newest: int, newest_chain: str) -> str:
        check: Check | None = None
        for entry in self._entries():
            if check is None:
                if entry.seq != 1:
                    return f"The files begin with entry {entry.seq}."
                check = Check(key)
            check.take([entry])
            if check.problem:
                return f"In the files: {check.problem}"
            if check.seq == newest and check.newest != newest_chain:
                return f"Entry {newest} of the files is not that of the database."
        if newest and (check is None or check.seq < newest):
            return f"The files end before entry {newest}."
        return ""

    def _entries(self) -> Iterator[AuditEntry]:
        for path in self._paths():
            with path.open("rb") as file:
                for line in file:
                    with contextlib.suppress(msgspec.MsgspecError):
                        yield msgspec.json.decode(line, type=AuditEntry)

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??.jsonl"))

    def _file_of(self, at: float) -> int:
        day = datetime.fromtimestamp(at, UTC).date().isoformat()
        if day != self._day:
            self.close()
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(self._folder / f"{day}.jsonl", flags, 0o600)
            os.fchmod(self._descriptor, 0o600)
            self._day = day
        return self._descriptor


async def _entries(ledger: Ledger, after: int) -> list[AuditEntry]:
    return await ledger.read(lambda txn: txn.audit_entries(after, _CHUNK))


def _last_of(path: Path) -> AuditEntry | None:
    """Return the last whole entry of a file, and cut off what follows it."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        with contextlib.suppress(OSError):
            os.truncate(path, whole)
    for line in reversed(data[:whole].splitlines()[-50:]):
        with contextlib.suppress(msgspec.MsgspecError):
            return msgspec.json.decode(line, type=AuditEntry)
    return None
