"""The worker's own keys: two Keychain items, and what is derived from them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from entraclaw_tui.worker.vault import Vault, audit_item, pin_item

HEAD_ITEM: Final = "audit:head"
"""The newest audit entry and the policy's revision, noted elsewhere than in the database:
`seq:chain:revision`."""


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


async def load(vault: Vault) -> Keys:
    """Return the keys, made now where the Keychain has none. Raises VaultError."""
    master = await _key(vault, audit_item())
    return Keys(
        rows=_derive(master, b"rows"),
        audit=_derive(master, b"audit"),
        codes=_derive(master, b"codes"),
        pepper=await _key(vault, pin_item()),
    )


def match_code(keys: Keys, request_id: str) -> str:
    """Return the two digits of a request, 10 to 99. They are kept nowhere."""
    number = int.from_bytes(hmac.digest(keys.codes, request_id.encode(), "sha256")[:8], "big")
    return str(10 + number % 90)


async def _key(vault: Vault, account: str) -> bytes:
    value = await vault.get(account)
    try:
        key = bytes.fromhex(value or "")
    except ValueError:
        key = b""
    if len(key) == 32:
        return key
    key = secrets.token_bytes(32)
    await vault.set(account, key.hex())
    return key


def _derive(master: bytes, purpose: bytes) -> bytes:
    return hmac.digest(master, b"entraclaw " + purpose, hashlib.sha256)
