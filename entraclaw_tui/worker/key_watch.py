"""Whether the agents' keys can be read, and when their certificates end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.worker import credential_record
from entraclaw_tui.worker.certificate_end import end_of
from entraclaw_tui.worker.config import Agent, Config
from entraclaw_tui.worker.credential import UnusableKey, read_key
from entraclaw_tui.worker.credential_record import Record, RecordDamaged, Version
from entraclaw_tui.worker.vault import Vault, VaultError, key_item


class KeyWatch:
    """Asks the record of keys first; the Keychain only for what that does not tell, and once.

    Each read of the Keychain may raise a dialog at the Mac's screen.
    """

    def __init__(
        self,
        record: Path,
        vault: Vault,
        config: Config,
        changed: Callable[[], object],
    ) -> None:
        self._path = record
        self._vault = vault
        self._config = config
        self._changed = changed
        self._read: dict[tuple[str, int], float | None] = {}
        self.ends: tuple[CertificateEnd, ...] = ()
        """Of every agent whose certificate is known, in the order of the settings."""
        self.trouble: VaultError | None = None
        """Why a key could not be read."""

    async def look(self) -> None:
        """Look again."""
        before = (self.ends, self._words())
        ends, trouble = [], None
        record = self._record()
        for agent in (self._config.agent, *self._config.agents):
            version = record.one(agent.name, "current")
            if agent.key_from or version is None:
                continue  # a key of another set-up comes without its certificate
            try:
                ends_at = version.ends_at or await self._end(agent, version)
            except VaultError as error:
                trouble = error
                break
            if ends_at is not None:
                ends.append(CertificateEnd(agent.name, version.number, ends_at))
        self.ends, self.trouble = tuple(ends), trouble
        if (self.ends, self._words()) != before:
            self._changed()

    def _words(self) -> str:
        return self.trouble.message if self.trouble is not None else ""

    def _record(self) -> Record:
        try:
            return credential_record.load(self._path)
        except RecordDamaged:
            return Record()

    async def _end(self, agent: Agent, version: Version) -> float | None:
        name = (agent.name, version.number)
        if name not in self._read:
            text = await self._vault.get(key_item(*name))
            if text is None:
                return None  # it may come later
            self._read[name] = _end_in(text)
        return self._read[name]


def _end_in(text: str) -> float | None:
    try:
        return end_of(read_key(text).certificate)
    except UnusableKey:
        return None
