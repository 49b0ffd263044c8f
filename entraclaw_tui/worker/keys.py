"""The worker's own keys: two Keychain items, and what is derived from them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from entraclaw_tui.worker.vault import Vault, audit_item, pin_item

HEAD_ITEM: Final = "audit:head"
"""The newest audit entry that was written down elsewhere than in the database: `seq:chain`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys for one purpose each."""

    rows: bytes = field(repr=False)
    """Seals the rows of the database."""
    audit: bytes = field(repr=False)
    """Chains the audit."""
    codes: bytes = field(repr=False)
    """Makes the two digits that a client shows."""
    pepper: bytes = field(repr=False)
    """Goes into the PIN's verifier."""
    fresh: bool = False
    """The audit key was made just now: nothing that was sealed before can be believed."""
    fresh_pepper: bool = False
    """The pepper was made just now: no PIN that was set before can be right."""


async def load(vault: Vault) -> Keys:
    """Return the keys, made now where the Keychain has none. Raises VaultError."""
    master, fresh = await _key(vault, audit_item())
    pepper, fresh_pepper = await _key(vault, pin_item())
    return Keys(
        rows=_derive(master, b"rows"),
        audit=_derive(master, b"audit"),
        codes=_derive(master, b"codes"),
        pepper=pepper,
        fresh=fresh,
        fresh_pepper=fresh_pepper,
    )


def match_code(keys: Keys, request_id: str) -> str:
    """Return the two digits of a request, 10 to 99. They are kept nowhere."""
    number = int.from_bytes(hmac.digest(keys.codes, request_id.encode(), "sha256")[:8], "big")
    return str(10 + number % 90)


async def _key(vault: Vault, account: str) -> tuple[bytes, bool]:
    value = await vault.get(account)
    try:
        key = bytes.fromhex(value or "")
    except ValueError:
        key = b""
    if len(key) == 32:
        return key, False
    key = secrets.token_bytes(32)
    await vault.set(account, key.hex())
    return key, True


def _derive(master: bytes, purpose: bytes) -> bytes:
    return hmac.digest(master, b"entraclaw " + purpose, hashlib.sha256)
