"""Which lines are shown: by text, by where they come from, by how bad they are."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.model.log import NOTICE

LEVELS = ("", "warnings and errors", "errors")
"""The steps of `Sieve.level`, in words; the first shows every level."""
_BAD = (frozenset[str](), frozenset({"warning", "error"}), frozenset({"error"}))


class Sieve(msgspec.Struct, frozen=True):
    """What a line must have to be shown. What we say of a log ourselves passes every level."""

    text: str = ""
    """Some text in it, however it is written; with `!` before it: not in it."""
    off: frozenset[str] = frozenset()
    """The origins that are switched off."""
    level: int = 0
    """A step of LEVELS."""

    @property
    def open(self) -> bool:
        """Whether every line passes."""
        return not (self.wanted or self.off or self.level)

    @property
    def wanted(self) -> str:
        """The text without the sign that turns it around, in small letters."""
        return self.text.removeprefix("!").lower()

    @property
    def inverse(self) -> bool:
        """Whether lines with the text are left out."""
        return self.text.startswith("!")

    def narrows(self, other: Sieve) -> bool:
        """Return whether whatever passes this one passes the other as well."""
        return (
            self.off >= other.off
            and self.level >= other.level
            and (
                not other.wanted
                or (not self.inverse and not other.inverse and other.wanted in self.wanted)
            )
        )

    def select(self, lines: Iterable[Kept]) -> list[Kept]:
        """Return the lines that pass, in their order."""
        kept = lines
        if self.off:
            off = self.off
            kept = [k for k in kept if k.log.origin not in off]
        if self.level:
            bad = _BAD[self.level] | {NOTICE}
            kept = [k for k in kept if k.log.level in bad]
        if self.wanted:
            text, inverse = self.wanted, self.inverse
            kept = [k for k in kept if holds(k, text) is not inverse]
        return kept if isinstance(kept, list) else list(kept)


def holds(kept: Kept, text: str) -> bool:
    """Return whether a line has a text, given in small letters, in what is shown of it."""
    log = kept.log
    return text in log.message.lower() or text in f"{log.origin} {log.level}".lower()
