"""Making, changing and forgetting an agent's credential, so that a key is readable at every step.

A new version is in the Keychain, read back, before the record names it; the record changes hands in
one rename; an old version goes only after the record no longer needs it. Whatever ends between two
steps leaves a key that works.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from entraclaw_tui.macos import agent_files
from entraclaw_tui.worker import certificates, credential_record
from entraclaw_tui.worker.credential import AgentKey, UnusableKey, read_key
from entraclaw_tui.worker.credential_record import Record, Version
from entraclaw_tui.worker.vault import Vault, key_item


class CannotRotate(Exception):
    """Nothing was changed. The message says why; `hint` is the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Rotation:
    """The credentials of one account's agents."""

    def __init__(
        self,
        record: Path,
        certificate_dir: Path,
        vault: Vault,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = record
        self._certificates = certificate_dir
        self._vault = vault
        self._clock = clock

    def record(self) -> Record:
        """Return what is known. Raises CannotRotate."""
        try:
            return credential_record.load(self._path)
        except credential_record.RecordDamaged as error:
            raise CannotRotate(
                str(error), "Move it away: version 1 then counts as the one in use."
            ) from None

    def certificate_file(self, agent: str, number: int) -> Path:
        """Return where the certificate of a version lies, to be uploaded to Entra."""
        return self._certificates / f"{agent}-v{number}.pem"

    async def make(self, agent: str, name: str) -> Version:
        """Make a new version: the next one, or the one in use where there is none yet.

        Raises CannotRotate, VaultError.
        """
        record = self.record()
        known = record.agents.get(agent, ())
        if not known and await self._vault.get(key_item(agent)) is not None:
            known = (Version(1, "current"),)
        waiting = next((v for v in known if v.role == "next"), None)
        if waiting is not None:
            raise CannotRotate(
                f"Version {waiting.number} waits to be used.", "Use it, or forget it, first."
            )
        number = await self._free_number(agent, known)
        pair = certificates.new_pair(name)
        key = AgentKey(pair.private_key, pair.certificate)
        await self._vault.set(key_item(agent, number), msgspec.json.encode(key).decode("ascii"))
        self._write_certificate(agent, number, pair.certificate)
        facts = certificates.about(pair.certificate)
        made = Version(
            number,
            "next" if known else "current",
            facts.thumbprint,
            facts.ends_at,
            self._clock(),
        )
        credential_record.save(self._path, record.with_versions(agent, (*known, made)))
        return made

    async def use(self, agent: str) -> Version:
        """Let the next version be the one in use; the one before is kept, to go back to it.

        Raises CannotRotate, VaultError.
        """
        return await self._swap(agent, "next", "There is no next version: make one first.")

    async def go_back(self, agent: str) -> Version:
        """Let the version before be the one in use again. Raises CannotRotate, VaultError."""
        return await self._swap(agent, "retired", "There is no earlier version to go back to.")

    async def forget(self, agent: str) -> tuple[int, ...]:
        """Delete every version that is not in use; return their numbers.

        Raises CannotRotate, VaultError.
        """
        record = self.record()
        known = record.versions(agent)
        spare = tuple(v for v in known if v.role != "current")
        if not any(v.role == "current" for v in known):
            raise CannotRotate("No version is in use, so none is forgotten.")
        await self._readable(agent, known[0].number)
        for version in spare:
            await self._vault.delete(key_item(agent, version.number))
            self.certificate_file(agent, version.number).unlink(missing_ok=True)
        credential_record.save(self._path, record.with_versions(agent, known[:1]))
        return tuple(version.number for version in spare)

    async def _swap(self, agent: str, role: credential_record.Role, otherwise: str) -> Version:
        record = self.record()
        chosen = record.one(agent, role)
        if chosen is None:
            raise CannotRotate(otherwise)
        await self._readable(agent, chosen.number)
        kept = tuple(
            msgspec.structs.replace(v, role="retired")
            for v in record.versions(agent)
            if v.number != chosen.number
        )
        chosen = msgspec.structs.replace(chosen, role="current")
        credential_record.save(self._path, record.with_versions(agent, (chosen, *kept)))
        return chosen

    async def _readable(self, agent: str, number: int) -> None:
        text = await self._vault.get(key_item(agent, number))
        if text is None:
            raise CannotRotate(f"The Keychain has no version {number} of {agent}'s key.")
        try:
            read_key(text).for_msal()
        except UnusableKey:
            raise CannotRotate(f"Version {number} of {agent}'s key cannot be used.") from None

    async def _free_number(self, agent: str, known: tuple[Version, ...]) -> int:
        number = max((v.number for v in known), default=0) + 1
        # An earlier try may have ended before the record named its item.
        while await self._vault.get(key_item(agent, number)) is not None:
            number += 1
        return number

    def _write_certificate(self, agent: str, number: int, pem: str) -> None:
        self._certificates.mkdir(mode=0o700, exist_ok=True)
        agent_files.replace(self.certificate_file(agent, number), pem.encode("ascii"), 0o600)
