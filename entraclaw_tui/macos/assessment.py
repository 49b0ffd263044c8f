"""Verdicts on code: `codesign --verify`, Gatekeeper's `spctl -a -vv`, `stapler validate`."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPCTL = re.compile(r"(?:(.*): )?(accepted|rejected)(?:\s+\((.*?)\))?(?:\s+source=(.*))?\s*")
NO_APP = "the code is valid but does not seem to be an app"
"""What Gatekeeper says of every plain program: no fault of it."""
_WHOLE = "valid on disk"
_FITS = "satisfies its Designated Requirement"
_TROUBLES = (
    "code object is not signed at all",
    "a sealed resource is missing or invalid",
    "invalid signature (code or signature have been modified)",
    "code has no resources but signature indicates they must be present",
    "code failed to satisfy specified code requirement(s)",
    "internal error in Code Signing subsystem",
    "resource envelope is obsolete",
    "No such file or directory",
)
_CHANGES = re.compile(r"file (modified|missing|added): (.*)")


class Verified(NamedTuple):
    """What `codesign --verify` found."""

    valid: bool | None
    """None: it says neither; without `--verbose` silence and exit status 0 mean valid."""
    trouble: str = ""
    files: tuple[tuple[str, str], ...] = ()
    """`modified`, `missing` or `added`, and the file."""
    subcomponent: str = ""
    """The part inside that is at fault, where one is named."""


class Assessment(NamedTuple):
    """What Gatekeeper thinks of a program."""

    accepted: bool
    source: str = ""
    """`Notarized Developer ID`, `no usable signature` ..."""
    origin: str = ""
    """The name of the signer's certificate."""
    reason: str = ""

    @property
    def notarized(self) -> bool:
        """Whether Apple has notarized it."""
        return self.source.startswith("Notarized")

    @property
    def fault(self) -> bool:
        """Whether a refusal means something: a plain program is never an app."""
        return not self.accepted and self.reason != NO_APP


def parse_verify(text: str) -> Verified | None:
    """Return what `codesign --verify --verbose` says, or None for a text of something else."""
    trouble = next((known for known in _TROUBLES if known in text), "")
    if not trouble and _WHOLE not in text:
        return None
    part = next(
        (
            line.partition(": ")[2]
            for line in text.splitlines()
            if line.strip().startswith("In subcomponent:")
        ),
        "",
    )
    files = tuple(
        (found[1], found[2])
        for line in text.splitlines()
        if (found := _CHANGES.fullmatch(line.strip()))
    )
    return Verified(not trouble and (_FITS in text or _WHOLE in text), trouble, files, part)


def parse_assessment(text: str) -> Assessment | None:
    """Return what `spctl --assess --verbose` says, or None where it gives no verdict."""
    verdict: re.Match[str] | None = None
    fields: dict[str, str] = {}
    for line in text.splitlines():
        stripped = line.strip()
        if verdict is None and (found := _SPCTL.fullmatch(stripped)):
            verdict = found
            continue
        key, mark, value = stripped.partition("=")
        if mark and key in ("source", "origin"):
            fields.setdefault(key, value)
    if verdict is None:
        return None
    source = fields.get("source", "") or verdict[4] or ""
    return Assessment(verdict[2] == "accepted", source, fields.get("origin", ""), verdict[3] or "")


def parse_stapler(text: str) -> bool | None:
    """Return whether a notarization ticket is stapled, or None where the text does not say."""
    if "does not have a ticket stapled" in text or "not stapled" in text:
        return False
    return True if "The validate action worked" in text else None
