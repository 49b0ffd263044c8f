"""Keychain items without their secrets."""

from __future__ import annotations

import msgspec


class Program(msgspec.Struct, frozen=True):
    """One program of an item's list."""

    path: str
    state: str = ""
    """`ok`, `changed` (another binary stands there now), `gone`, or the status as printed; empty
    where none was printed."""
    requirement: str = ""


class Access(msgspec.Struct, frozen=True):
    """Who can read an item's secret without being asked. Both gates must let a program pass."""

    anyone: bool = False
    """The list of programs is open to all."""
    programs: tuple[Program, ...] = ()
    partitions: tuple[str, ...] = ()
    """Code identities that may ask at all: `apple-tool:`, `teamid:...`, `cdhash:...`."""
    asks_password: bool = False
    """Whether the Keychain's password is asked for even then."""
    told: bool = True
    """False where the output names no list of readers; partitions may be told all the same."""


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
    access: Access | None = None
    """Who can read it, where the dump told (`-a`)."""


class KeychainState(msgspec.Struct, frozen=True):
    """Whether the login keychain is open, when it locks by itself, and what else is searched."""

    locked: bool | None
    """None where nobody could ask without a dialog, or no answer came; `note` says which."""
    on_sleep: bool | None = None
    """Whether it locks when the Mac sleeps; None where that is not known."""
    after_seconds: int | None = None
    """After how long without use it locks; None where it never does, or that is not known."""
    search: tuple[str, ...] = ()
    """The keychains that are searched, in their order, as paths of the Mac."""
    note: str = ""


class Keychain(msgspec.Struct, frozen=True):
    """The login keychain: what is known about it and the agent's items."""

    path: str
    items: tuple[KeychainItem, ...]
    others: int
    """Items of other programs that were counted and not kept."""
    state: KeychainState | None = None
    """None where only the items were read."""
