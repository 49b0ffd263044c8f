"""The keys that an agent may prove itself with, the one in use first; read once.

Each read of the Keychain may raise a dialog and takes its time. During a roll-over two are good:
Entra may not know the new certificate yet, or the old one no longer.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from entraclaw_tui.worker import credential_record
from entraclaw_tui.worker.config import Agent
from entraclaw_tui.worker.credential import AgentKey
from entraclaw_tui.worker.credential_record import RecordDamaged
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.vault import Vault, key_item

BLUEPRINT_KEY = "blueprint-private-key"
"""The account of Entraclaw's and Entrabot's own key item; its value is the bare key in PEM."""


class Credentials:
    """The keys of one account's agents, by agent."""

    def __init__(self, record: Path, vault: Vault) -> None:
        self._path = record
        self._vault = vault
        self._read: dict[tuple[str, int], str] = {}
        self._good: dict[str, int] = {}

    async def first(self, agent: Agent) -> tuple[int, str]:
        """Return version and text of the key to begin with. Raises ExchangeError, VaultError."""
        for number in self._numbers(agent):
            key = await self._key(agent, number)
            if key:
                return number, key
        raise ExchangeError(
            Kind.CLIENT_AUTH,
            f"The Keychain has no key for the agent {agent.name}.",
            "Make one with `entraclaw-tui agent credential new`.",
        )

    async def after(self, agent: Agent, refused: int) -> tuple[int, str] | None:
        """Return the key to try where Entra refused one; None where there is no other.

        Raises VaultError.
        """
        numbers = self._numbers(agent)
        later = numbers[numbers.index(refused) + 1 :] if refused in numbers else []
        for number in later:
            key = await self._key(agent, number)
            if key:
                return number, key
        return None

    def proved(self, agent: Agent, number: int) -> None:
        """Remember which key Entra took: the next exchange begins with it."""
        self._good[agent.name] = number

    def forget(self) -> None:
        """Read everything anew with the next exchange."""
        self._read.clear()
        self._good.clear()

    def _numbers(self, agent: Agent) -> list[int]:
        if agent.key_from:
            return [0]
        try:
            numbers = [v.number for v in credential_record.load(self._path).versions(agent.name)]
        except RecordDamaged:
            numbers = [1]
        good = self._good.get(agent.name)
        return sorted(numbers, key=lambda number: number != good)

    async def _key(self, agent: Agent, number: int) -> str:
        name = (agent.name, number)
        if name not in self._read:
            if agent.key_from:
                pem = await self._vault.get(BLUEPRINT_KEY, service=agent.key_from)
                text = _bare(pem, agent.thumbprint) if pem else ""
            else:
                text = await self._vault.get(key_item(agent.name, number)) or ""
            if not text:
                return ""
            self._read[name] = text
        return self._read[name]


def _bare(pem: str, thumbprint: str) -> str:
    return msgspec.json.encode(AgentKey(pem, thumbprint=thumbprint)).decode()
