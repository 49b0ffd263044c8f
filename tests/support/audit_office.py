"""A ledger, the files of its audit, and hands on the clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.chain import Check
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.log import WorkerLog
from tests.support.worker_stage import Hands

KEYS = Keys(b"r" * 32, b"a" * 32, b"c" * 32, b"p" * 32)
DAY = 86_400.0
FIRST, SECOND = "2027-01-15", "2027-01-16"


class Office:
    """A ledger, the files of its audit, and hands on the clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "audit"
        self.folder.mkdir(mode=0o700)
        self.database = folder / "state.db"
        self.hands = Hands()
        self.log = WorkerLog(folder / "worker.log")
        self.ledger = Ledger(self.database, KEYS, self.hands.clock)
        self.files = AuditFiles(self.folder, self.log)

    async def open(self) -> None:
        await self.ledger.open()
        self.ledger.listen(lambda changes: self.files.committed(changes))
        await self.files.catch_up(self.ledger)

    async def close(self) -> None:
        self.files.close()
        await self.ledger.close()
        self.log.close()

    async def write(self, count: int = 1) -> list[AuditEntry]:
        """Commit entries, each by itself."""
        return [
            await self.ledger.change(lambda txn: txn.audit("asked", "r_1", client="notes"))
            for _ in range(count)
        ]

    async def restart(self) -> AuditEntry | None:
        """Put new files in the place of the old ones, as the next worker does."""
        self.files.close()
        self.files = AuditFiles(self.folder, self.log)
        return self.files.find_last()

    async def settled(self) -> None:
        """Wait until a second try has ended."""
        if self.files._again is not None:
            await self.files._again

    async def problem(self) -> str:
        """Compare with the database, as `audit verify` does."""
        check = Check(KEYS.audit)
        check.take(await self.ledger.read(lambda txn: txn.audit_entries(0, 10_000)))
        assert not check.problem
        return await self.files.compare(KEYS.audit, self.ledger, check)

    def day(self, name: str = FIRST) -> Path:
        return self.folder / f"{name}.jsonl"

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.iterdir())

    def numbers(self, name: str = FIRST) -> list[int]:
        return [entry.seq for entry in self.entries(name)]

    def entries(self, name: str = FIRST) -> list[AuditEntry]:
        lines = self.day(name).read_bytes().splitlines()
        return [msgspec.json.decode(line, type=AuditEntry) for line in lines]

    def spoil(self, change: Callable[[list[bytes]], list[bytes]], name: str = FIRST) -> None:
        lines = self.day(name).read_bytes().splitlines(keepends=True)
        self.day(name).write_bytes(b"".join(change(lines)))

    def behind(self) -> bool:
        return self.files.behind

    def told(self) -> int:
        """How often the log says that nothing is exported."""
        log = self.folder.parent / "worker.log"
        return log.read_text().count("is not exported now") if log.exists() else 0
