"""The audit's newest entry and how often the policy was set, remembered in the Keychain: an old
database put back is noticed."""

from __future__ import annotations

import asyncio
from typing import Final

from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.keys import HEAD_ITEM
from entraclaw_tui.worker.rows import Change
from entraclaw_tui.worker.vault import VaultError

EVERY: Final = 100
"""Audit entries between two notes."""


class Head:
    """Notes `seq:chain:revision` now and then, when the policy was set, and at the end."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._newest: AuditEntry | None = None
        self._noted = 0
        self._writing: asyncio.Task[None] | None = None
        self.policy_revision = 0
        """How often the policy had been set when that was last noted. `holds` reads it."""
        core.ledger.listen(self._committed)

    async def holds(self) -> bool:
        """Whether the database still has what the Keychain remembers."""
        try:
            noted = await self._core.vault.get(HEAD_ITEM)
        except VaultError:
            return False
        if not noted:
            return True
        seq, chain, revision = [*noted.split(":"), "", ""][:3]
        if not seq.isdigit():
            return False
        self.policy_revision = int(revision) if revision.isdigit() else 0
        return await self.has(int(seq), chain)

    async def has(self, seq: int, chain: str) -> bool:
        """Whether the database has this very entry, or begins right after it."""
        base_chain, base = await self._core.ledger.read(lambda txn: txn.audit_base())
        if seq == base:
            return base_chain == chain
        entries = await self._core.ledger.read(lambda txn: txn.audit_entries(seq - 1, 1))
        return bool(entries) and (entries[0].seq, entries[0].chain) == (seq, chain)

    async def problem(self) -> str:
        """Return what the database lost of the entries this worker has written, or nothing."""
        newest = self._newest
        if newest is None or await self.has(newest.seq, newest.chain):
            return ""
        return f"Entry {newest.seq}, which this worker has written, is not in the database."

    async def note(self) -> None:
        """Write the newest entry down."""
        entry = self._newest
        if entry is None:
            return
        try:
            revision = self._core.policy_revision
            await self._core.vault.set(HEAD_ITEM, f"{entry.seq}:{entry.chain}:{revision}")
        except VaultError:
            return  # the next note will do
        self._noted = entry.seq

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if isinstance(change, AuditEntry):
                self._newest = change
        newest = self._newest
        if newest is None:
            return
        if self._noted == 0:
            self._noted = newest.seq
        if newest.seq - self._noted >= EVERY and (self._writing is None or self._writing.done()):
            self._writing = asyncio.get_running_loop().create_task(self.note(), name="note-head")
