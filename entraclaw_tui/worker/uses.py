"""Silent uses of live grants: answered from memory, audited in group commits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.transaction import Transaction

WITHIN: Final = 0.1
"""Seconds after which a use is on the disk."""


@dataclass(slots=True)
class _Batch:
    uses: int = 0
    process: str = ""


class Uses:
    """Counts uses by grant and process, and writes them down together."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._waiting: dict[tuple[str, str], _Batch] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def count(self, grant_id: str, process: str) -> None:
        """Count one use; it is audited within WITHIN seconds."""
        batch = self._waiting.setdefault((grant_id, process), _Batch(process=process))
        batch.uses += 1
        if self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(WITHIN / 2, self._due)

    async def flush(self) -> None:
        """Write down what was counted. Raises WireError where the disk fails; it stays counted."""
        if not self._waiting:
            return
        batches, self._waiting = self._waiting, {}
        try:
            await self._core.ledger.change(lambda txn: _write(txn, batches))
        except WireError:
            for key, batch in batches.items():
                kept = self._waiting.setdefault(key, _Batch(process=batch.process))
                kept.uses += batch.uses
            raise

    async def close(self) -> None:
        """Write down the rest."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self.flush()

    def _due(self) -> None:
        self._timer = None
        self._writing = asyncio.get_running_loop().create_task(self._write(), name="write-uses")

    async def _write(self) -> None:
        try:
            await self.flush()
        except WireError as error:
            self._core.log.error("Uses of grants could not be stored.", why=error.message)
        finally:
            self._writing = None
            if self._waiting:
                delay = 1.0 if self._core.ledger.trouble else WITHIN / 2
                self._timer = asyncio.get_running_loop().call_later(delay, self._due)


def _write(txn: Transaction, batches: dict[tuple[str, str], _Batch]) -> None:
    for (grant_id, process), batch in batches.items():
        grant = txn.grant(grant_id)
        if grant is None:
            continue
        if grant.ended_at is None:
            txn.put_grant(
                msgspec.structs.replace(grant, uses=grant.uses + batch.uses, last_used_at=txn.now)
            )
        txn.audit(
            "used",
            grant_id,
            client=grant.client_name,
            resource=grant.resource,
            scopes=" ".join(grant.scopes),
            process=process.partition(":")[0],
            uses=str(batch.uses),
        )
