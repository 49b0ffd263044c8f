"""Findings as other panes need them: which concern a thing, how bad they are, how many."""

from __future__ import annotations

from collections.abc import Iterable

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.key import FINDINGS
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.finding import Finding, Severity
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown, clean

_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.LOOK, Severity.NOTE: Tone.DIM}
_ORDER = tuple(Severity)


def known(store: Store) -> tuple[Finding, ...]:
    """Return what was found last, the worst first; nothing while nobody has looked."""
    return value_of(store.get(FINDINGS)) or ()


def examined(store: Store) -> bool:
    """Return whether somebody has looked, so that no finding means that nothing was found."""
    return value_of(store.get(FINDINGS)) is not None


def about(store: Store, room: str, thing: str = "") -> tuple[Finding, ...]:
    """Return what was found about a room, or about one thing in it, the worst first."""
    return tuple(f for f in known(store) if f.about == room and (not thing or thing in f.things))


def counted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that want somebody: notes are for whoever looks."""
    return tuple(f for f in findings if f.severity is not Severity.NOTE)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return how bad the worst is."""
    return min((f.severity for f in findings), key=_ORDER.index, default=None)


def tone(severity: Severity) -> Tone:
    """Return how a severity is painted."""
    return _TONES[severity]


def sign(severity: Severity, signs: Symbols) -> Piece:
    """Return the sign of a severity; it can be told from the others without color."""
    shapes = {Severity.ERROR: signs.bad, Severity.WARNING: signs.look}
    return piece(shapes.get(severity, signs.dot), _TONES[severity])


def how_many(findings: Iterable[Finding]) -> Shown:
    """Return `1 error, 2 warnings`; notes count only where there is nothing else."""
    told = tuple(findings)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
    parts: list[Shown] = []
    for severity, name in names.items():
        number = sum(f.severity is severity for f in told)
        if number and (severity is not Severity.NOTE or not parts):
            parts.append(words.count(number, name))
    return Shown(", ".join(parts))


def marked(store: Store, room: str, thing: str, fine: Piece, signs: Symbols) -> Piece:
    """Return the sign of a row: `fine`, or that of the worst finding about it."""
    bad = worst(counted(about(store, room, thing)))
    return fine if bad is None else sign(bad, signs)


def lines(store: Store, room: str, thing: str, signs: Symbols) -> list[Line]:
    """Return what was found about one thing, for its details."""
    return [
        fact("finding", sign(f.severity, signs), piece(" "), Piece(clean(f.sentence, 400)))
        for f in about(store, room, thing)
    ]
