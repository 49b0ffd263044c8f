"""What the audit tells of one thing: its request, its decision, its uses, its end. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from entraclaw_tui.dashboard.ages import moment
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.text import Shown, clean

MOST = 500
"""Entries that are asked for, the newest: all that the worker gives at once."""
_TELLING = ("scopes", "remember", "process", "uses", "ms", "kind", "why", "code", "number")
_EVENT = 16
"""Columns of an event's name."""


def about(entries: Iterable[AuditEntry], ids: Collection[str]) -> tuple[AuditEntry, ...]:
    """Return the entries about any of `ids`, oldest first."""
    wanted = {id for id in ids if id}
    return tuple(
        entry
        for entry in entries
        if entry.subject in wanted
        or entry.detail.get("grant", "") in wanted
        or entry.detail.get("request", "") in wanted
    )


def decision(entries: Iterable[AuditEntry], grant_id: str) -> AuditEntry | None:
    """Return the entry of the decision that made a grant, where it is among them."""
    return next(
        (e for e in entries if e.event == "allowed" and e.detail.get("grant") == grant_id), None
    )


def lines(entries: Sequence[AuditEntry]) -> list[Line]:
    """Return a line for each entry: when, what, and by whom."""
    return [
        (
            piece(f"{moment(entry.at)}  ", Tone.DIM),
            Piece(Shown(name(entry).ljust(_EVENT)), Tone.STRONG),
            Piece(_told(entry)),
        )
        for entry in entries
    ]


def name(entry: AuditEntry) -> Shown:
    """Return an event as words."""
    return clean(entry.event.replace("_", " "), 40)


def _told(entry: AuditEntry) -> Shown:
    parts = [f"{key} {entry.detail[key]}" for key in _TELLING if entry.detail.get(key)]
    by = entry.detail.get("by", "")
    return clean("  ".join([f"by {by}"] * bool(by) + parts), 400)
