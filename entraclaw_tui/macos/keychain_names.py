"""What an item of ours is, by the account it is filed under.

`key:{agent}:v{n}`, `token:{agent}:{grant}`, `session:{tenant}:{person}`, `audit:v{n}`,
`audit:head` and `pin:v{n}`.
"""

from __future__ import annotations

import re

import msgspec

_VERSION = re.compile(r"v(\d{1,9})")
_KINDS = {
    "key": "private key",
    "token": "token",
    "session": "sign-in",
    "audit": "audit key",
    "pin": "PIN key",
}
CLASSES = {"genp": "generic password", "inet": "internet password"}
"""The Keychain's classes in words."""
_OF_AGENT = frozenset({"key", "token"})


class Named(msgspec.Struct, frozen=True):
    """What an account's name tells."""

    kind: str
    """`private key`, `token`, `sign-in`, `audit key`, `PIN key`; empty for none of ours."""
    agent: str = ""
    """The agent that it belongs to; empty for what all agents share."""
    version: int | None = None
    """Keys are numbered: a new one gets the next number."""
    grant: str = ""
    """The grant that a token was had for."""
    tenant: str = ""
    person: str = ""
    """Whose sign-in it is."""
    rest: str = ""
    """The name without its kind, as a row shows it."""


def named(account: str) -> Named:
    """Return what an account's name tells; never raises."""
    word, colon, rest = account.partition(":")
    kind = _KINDS.get(word, "") if colon else ""
    if not kind:
        return Named("", rest=account)
    if word == "session":
        tenant, _, person = rest.partition(":")
        return Named(kind, tenant=tenant, person=person or tenant, rest=person or tenant)
    agent, _, last = rest.rpartition(":")
    found = _VERSION.fullmatch(last)
    number = int(found[1]) if found else None
    if word not in _OF_AGENT:
        return Named(kind, version=number, rest=rest)
    grant = last if word == "token" else ""
    return Named(kind, agent, None if grant else number, grant, rest=rest)
