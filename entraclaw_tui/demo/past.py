"""What happened before the demo began: a PIN was set, and three programs have asked before."""

from __future__ import annotations

import asyncio
import time

from keyring.backend import KeyringBackend

from entraclaw_tui.demo.clients.installing import programs
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker.setup import Setup
from entraclaw_tui.worker.vault import Vault

_DAY = 86_400.0


def remember(host: Host, keyring: KeyringBackend, *, pin: str) -> None:
    """Write the past as the worker itself would have written it, sealed with its keys."""
    asyncio.run(_remember(host, Vault(keyring), pin))


async def _remember(host: Host, vault: Vault, pin: str) -> None:
    now = time.time()
    try:
        async with Setup.open(host, vault) as setup:
            await setup.set_pin(pin)
            for program in programs(host):
                if program.story.known:
                    await setup.know(
                        program.executable,
                        program.story.name,
                        first_seen_at=now - 21 * _DAY,
                        last_seen_at=now - _DAY,
                        allowed=4,
                    )
    finally:
        vault.close()
