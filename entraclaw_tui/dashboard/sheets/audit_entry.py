"""One entry of the audit, whole, and what else the audit tells of the same thing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

import msgspec
from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import moment
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.dashboard.sheets.audited_sheet import AuditedSheet
from entraclaw_tui.text import clean

_FIXED = ("event", "at", "seq", "subject")


def entry_of(raw: str) -> Mapping[str, str] | None:
    """Return an entry from its line among the logs; None where that is none."""
    try:
        told = msgspec.json.decode(raw, type=dict[str, str | int | float])
    except msgspec.DecodeError:
        return None
    return {name: str(value) for name, value in told.items()} if "event" in told else None


class AuditEntrySheet(AuditedSheet):
    """What stands in the entry stands here in full; the chain that proves it is `audit verify`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("details")]

    def __init__(self, desk: Desk, entry: Mapping[str, str], pane: str) -> None:
        name = clean(entry["event"].replace("_", " "), 40)
        super().__init__(desk, pane, Piece(name))
        self._entry = entry

    def ids(self) -> Collection[str]:
        """Return what the entry is about."""
        return (self._entry.get("subject", ""), self._entry.get("grant", ""))

    def facts(self) -> list[Line]:
        """Return all that the entry says."""
        entry = self._entry
        return [
            fact("event", Piece(clean(entry["event"].replace("_", " "), 40), Tone.STRONG)),
            fact("when", piece(_when(entry.get("at", "")))),
            fact("number", Piece(clean(entry.get("seq", ""), 20))),
            fact("about", Piece(clean(entry.get("subject", ""), 200))),
            *(
                fact(clean(name, 11), Piece(clean(text, 2000)))
                for name, text in entry.items()
                if name not in _FIXED and text
            ),
        ]


def _when(at: str) -> str:
    try:
        return moment(float(at))
    except (ValueError, OverflowError, OSError):
        return "unknown"
