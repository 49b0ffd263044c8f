"""A diagnosis with its evidence and its repair."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Repair(msgspec.Struct, frozen=True):
    """What would mend it: the words, the exact command, and whether it can be undone."""

    words: str
    command: tuple[str, ...] = ()
    reversible: bool = False
    needs_person: bool = True


class Finding(msgspec.Struct, frozen=True):
    """Why something does not work."""

    id: str
    severity: Severity
    sentence: str
    evidence: tuple[str, ...]
    explanation: str
    repair: Repair | None = None
