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
    looks: bool = False
    """Whether the command changes nothing and only tells more."""

    @property
    def automatic(self) -> bool:
        """Whether a program may carry it out once a person has seen the command."""
        return bool(self.command) and self.reversible and not self.needs_person


class Finding(msgspec.Struct, frozen=True):
    """Why something does not work."""

    id: str
    severity: Severity
    sentence: str
    evidence: tuple[str, ...]
    explanation: str
    repair: Repair | None = None
    about: str = ""
    """What it concerns: `job`, `keychain`, `privacy`, `files`, `settings`, `mac`."""
    things: tuple[str, ...] = ()
    """Which ones: accounts of Keychain items; a grant's service and program, a blank between."""
