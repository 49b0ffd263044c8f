"""What is set up before the worker runs: the PIN, and clients that are already known.

Only while no worker runs: the database has one writer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import Client
from entraclaw_tui.worker import folders, keys, pin
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.executables import Executables
from entraclaw_tui.worker.identity import identity_of
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.vault import Vault


@dataclass(frozen=True, slots=True)
class Setup:
    """An open database and the keys that seal its rows."""

    host: Host
    ledger: Ledger
    keys: Keys

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, host: Host, vault: Vault, clock: Clock | None = None
    ) -> AsyncIterator[Setup]:
        """Open the database of the host's account; the keys are made where there are none.

        Raises UnsafeFolder, VaultError or DatabaseError.
        """
        places = Places.of(host)
        folders.prepare(places)
        found = await keys.load(vault)
        ledger = Ledger(places.state_db, found, clock or Clock())
        try:
            await ledger.open()
            yield cls(host, ledger, found)
        finally:
            await ledger.close()

    async def set_pin(self, new: str) -> None:
        """Set the PIN. Raises UnfitPin."""
        clock = Clock()
        row = await asyncio.to_thread(pin.make, new, self.keys, clock.wall())

        def write(txn: Transaction) -> None:
            txn.put_pin(row)
            txn.audit("pin_set", "setup")

        await self.ledger.change(write)

    async def know(
        self,
        program: Path,
        name: str,
        *,
        first_seen_at: float,
        last_seen_at: float,
        allowed: int = 1,
        denied: int = 0,
    ) -> Client:
        """Write down a client that was seen before; return it with its identity.

        `program` is a path that can be opened (it includes the root of a pretend Mac).
        """
        identity = await identity_of_file(self.host, program)
        client = Client(
            identity=identity,
            name=name,
            executable=self.host.shown(program),
            first_seen_at=first_seen_at,
            last_seen_at=last_seen_at,
            allowed=allowed,
            denied=denied,
        )

        def write(txn: Transaction) -> Client:
            known = txn.client(identity)
            merged = msgspec.structs.replace(client, blocked=known.blocked) if known else client
            txn.put_client(merged)
            return merged

        return await self.ledger.change(write)


async def identity_of_file(host: Host, program: Path) -> str:
    """Return the identity that a process running this file will have."""
    executable = await Executables(host).read_file(str(program))
    identity, _ = identity_of(host.shown(program), executable, "")
    return identity
