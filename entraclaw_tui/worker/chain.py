"""The audit's chain: each entry is bound to the one before it with a key of the Keychain."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

import msgspec

from entraclaw_tui.model.consent import AuditEntry

START = ""
"""What the first entry is bound to."""


def link(
    key: bytes, before: str, seq: int, at: float, event: str, subject: str, detail: dict[str, str]
) -> AuditEntry:
    """Return the entry, bound to the chain text of the one before."""
    body = msgspec.json.encode((before, seq, at, event, subject, detail), order="deterministic")
    return AuditEntry(seq, at, event, subject, detail, hmac.digest(key, body, "sha256").hex())


class Check:
    """Walks along a chain and remembers the first break."""

    def __init__(self, key: bytes, before: str = START, seq: int = 0) -> None:
        self._key = key
        self._chain = before
        self.seq = seq
        """The number of the last entry that was right."""
        self.entries = 0
        self.problem = ""

    @property
    def newest(self) -> str:
        """The chain text of the last entry that was right: equal ones mean equal chains."""
        return self._chain

    def take(self, entries: Iterable[AuditEntry]) -> None:
        """Check the next entries, in order."""
        for entry in entries:
            if self.problem:
                return
            if entry.seq != self.seq + 1:
                self.problem = f"Entry {self.seq + 1} is missing."
                return
            right = link(
                self._key,
                self._chain,
                entry.seq,
                entry.at,
                entry.event,
                entry.subject,
                entry.detail,
            )
            if not hmac.compare_digest(right.chain.encode(), entry.chain.encode()):
                self.problem = f"Entry {entry.seq} was changed, or the one before it."
                return
            self.seq, self._chain = entry.seq, entry.chain
            self.entries += 1
