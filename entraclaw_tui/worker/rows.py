"""The rows as they are stored, and the seal that makes a foreign change show."""

from __future__ import annotations

import hmac
from typing import TypeAlias, TypeVar

import msgspec

from entraclaw_tui.model.consent import AuditEntry, Client, Grant, Request, TokenInfo

T = TypeVar("T")


class StoredRequest(msgspec.Struct, frozen=True):
    """A request with what only the worker needs to know of it."""

    request: Request
    owner: str
    """Who may collect: one process (`4711:birth`), or a code identity where it detached."""
    process: str
    program: str
    """The running file's device and inode: a process that became another program lost it."""
    quota: str
    """Whose share of the person's attention it uses."""
    idempotency_key: str = ""
    detach: bool = False
    shows_code: bool = False
    assertion_digest: str = ""
    """SHA-256 of the user assertion. The assertion itself stays in memory."""
    claims: str = ""
    """The claims challenge that the client handed on."""
    grant_id: str = ""
    attempts: int = 0
    wrong_codes: int = 0


class PinRow(msgspec.Struct, frozen=True):
    """The verifier of the PIN: scrypt with these costs over the peppered PIN."""

    salt: str
    verifier: str
    n: int
    r: int
    p: int
    set_at: float
    mark: str
    """Tells which Keychain key it was made with."""

    def __repr__(self) -> str:
        return "PinRow(***)"


Change: TypeAlias = StoredRequest | Grant | TokenInfo | Client | AuditEntry
"""What a transaction may have changed, whole, in the order it was written."""


def seal(key: bytes, table: str, body: bytes) -> str:
    """Return the seal of a row, hex."""
    return hmac.digest(key, table.encode() + b"\0" + body, "sha256").hex()


def open_sealed(key: bytes, table: str, body: bytes, found: str, kind: type[T]) -> T | None:
    """Return the row, or None where it is not what the worker wrote."""
    # As bytes: what somebody else wrote need not be ASCII.
    if not hmac.compare_digest(seal(key, table, body).encode(), found.encode()):
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        return None
