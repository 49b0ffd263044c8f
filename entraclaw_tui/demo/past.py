"""What happened before the demo began, written as the worker itself would have written it.

Three programs have asked before and were allowed; a PIN is set. The worker then finds its own
database, sealed with its own keys.
"""

from __future__ import annotations

import asyncio
import time

from keyring.backend import KeyringBackend

from entraclaw_tui.demo.clients.installing import Program, programs
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import Client
from entraclaw_tui.worker import keys as worker_keys
from entraclaw_tui.worker import pin as worker_pin
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.executables import Executables
from entraclaw_tui.worker.identity import identity_of
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.ledger import Ledger
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.vault import Vault

_WEEK = 7 * 86_400.0


def remember(host: Host, keyring: KeyringBackend, *, pin: str) -> None:
    """Set the PIN and let the worker know the programs that have a past."""
    asyncio.run(_remember(host, keyring, pin))


async def _remember(host: Host, keyring: KeyringBackend, pin: str) -> None:
    vault = Vault(keyring)
    try:
        keys = await worker_keys.load(vault)
        ledger = Ledger(Places.of(host).state_db, keys, Clock())
        await ledger.open()
        try:
            known = await _known(host)
            await ledger.change(lambda transaction: _write(transaction, known, pin, keys))
        finally:
            await ledger.close()
    finally:
        vault.close()


async def _known(host: Host) -> list[Client]:
    executables = Executables(host)
    return [
        await _client(host, executables, program)
        for program in programs(host)
        if program.story.known
    ]


async def _client(host: Host, executables: Executables, program: Program) -> Client:
    path = str(program.executable)
    found = await executables.read_file(path)
    identity, _ = identity_of(host.shown(path), found, "")
    now = time.time()
    return Client(
        identity=identity,
        name=program.story.name,
        executable=host.shown(path),
        first_seen_at=now - 3 * _WEEK,
        last_seen_at=now - _WEEK / 7,
        allowed=4,
    )


def _write(transaction: Transaction, known: list[Client], pin: str, keys: Keys) -> None:
    transaction.put_pin(worker_pin.make(pin, keys, time.time()))
    for client in known:
        transaction.put_client(client)
