"""What `security` says beside its dumps: keychains, locks, identities, refusals."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTED = re.compile(r'\s*"(.*)"\s*')
_REFUSAL = re.compile(r"security: (\w+)(?: (.*?))?: (\S.*)")
_NUMBERED = re.compile(r"\(Error number: (-?\d{1,10})\)")
_CODE = re.compile(r"Error: 0x[0-9A-Fa-f]{8} (-?\d{1,10}) (.*)")
_IDENTITY = re.compile(r'\s*\d+\) ([0-9A-Fa-f]{40}) "(.*)"(?: \((CSSMERR\w+)\))?\s*')
_COUNT = re.compile(r"\s*(\d{1,9})( valid)? identities found\s*")


class Refusal(NamedTuple):
    """One refusal in the tool's own words."""

    function: str
    """The call of the Security framework that failed; empty where none was named."""
    target: str
    """The keychain or item it was about, empty for none."""
    words: str
    code: int | None = None


class Identity(NamedTuple):
    """One signing identity of a keychain."""

    sha1: str
    name: str
    trouble: str = ""
    """Why it is listed and still no good: `CSSMERR_TP_CERT_EXPIRED`."""


def parse_keychains(text: str) -> tuple[str, ...]:
    """Return the paths of `security list-keychains` or `default-keychain`.

    Where HOME was moved the tool prints nothing and is content with that.
    """
    found = (_QUOTED.fullmatch(line) for line in text.splitlines())
    return tuple(match[1] for match in found if match and match[1])


def parse_refusal(text: str) -> Refusal | None:
    """Return the refusal in what `security` wrote to standard error, or None."""
    number = _NUMBERED.search(text)
    for line in text.splitlines():
        if found := _REFUSAL.fullmatch(line.strip()):
            function, target, words = found.groups()
            return Refusal(function, target or "", words, int(number[1]) if number else None)
        if found := _CODE.fullmatch(line.strip()):
            return Refusal("", "", found[2], int(found[1]))
    return None


def parse_identities(text: str) -> tuple[Identity, ...]:
    """Return the identities of `security find-identity`, each once, the first way it was listed."""
    found: dict[str, Identity] = {}
    for line in text.splitlines():
        if match := _IDENTITY.fullmatch(line):
            found.setdefault(match[1], Identity(match[1], match[2], match[3] or ""))
    return tuple(found.values())


def parse_identity_count(text: str) -> int | None:
    """Return how many identities the tool counted last, or None. None found is no failure."""
    counts = [int(match[1]) for line in text.splitlines() if (match := _COUNT.fullmatch(line))]
    return counts[-1] if counts else None
