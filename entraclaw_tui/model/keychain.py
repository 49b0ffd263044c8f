"""Keychain items without their secrets."""

from __future__ import annotations

import msgspec


class KeychainItem(msgspec.Struct, frozen=True, gc=False):
    """The attributes of one item, as `security dump-keychain` tells them without a prompt."""

    keychain: str
    kind: str
    """`genp` generic password, `inet` internet password, or the class as printed."""
    service: str
    account: str
    label: str = ""
    created_at: float | None = None
    modified_at: float | None = None
    creator: str = ""
    comment_bytes: int = 0
    """Size of the comment; its text may be a secret and is never kept."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Other attributes, tag and decoded text, without `gena` and `icmt`."""


class Keychain(msgspec.Struct, frozen=True):
    """The login keychain: what is known about it and the agent's items."""

    path: str
    items: tuple[KeychainItem, ...]
    others: int
    """Items of other programs that were counted and not kept."""
