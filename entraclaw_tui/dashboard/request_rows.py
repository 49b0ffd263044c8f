"""A request as one row: while it waits, and later in the history. Pure."""

from __future__ import annotations

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.ages import ago, clock_time, date, left
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fit, header, piece
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request, State
from entraclaw_tui.text import Shown, clean

_WAITING = (
    Column("tier", 6),
    Column("wants", flex=1),
    Column("client", flex=1),
    Column("asked", 10, from_width=80),
    Column("ends in", 10, right=True),
)
_HISTORY = (
    Column("asked", 8),
    Column("tier", 6, from_width=64),
    Column("wants", flex=3),
    Column("client", flex=3),
    Column("outcome", 11),
    Column("after", 6, right=True),
    Column("by", flex=4, from_width=84),
)
_OUTCOMES = {
    State.PENDING: ("waiting", Tone.LOOK),
    State.APPROVED: ("allowed", Tone.GOOD),
    State.EXCHANGING: ("exchanging", Tone.ACCENT),
    State.READY: ("ready", Tone.GOOD),
    State.DELIVERED: ("delivered", Tone.DIM),
    State.DENIED: ("denied", Tone.DIM),
    State.EXPIRED: ("expired", Tone.DIM),
    State.CANCELLED: ("cancelled", Tone.DIM),
    State.FAILED: ("failed", Tone.BAD),
}
FIELDS = (("tier", "high"), ("client", "mail"), ("state", "denied"))
"""What a filter can name, each with an example."""


def titles(width: int, *, history: bool) -> Line:
    """Return the column titles."""
    return header(_HISTORY if history else _WAITING, width)


def waiting_row(row: Request, width: int, now: float, signs: Symbols) -> Line:
    """Return tier, wants, client and how long it still waits or how it ended."""
    over = row.state.final
    asked = Piece(Shown(ago(now - row.created_at)), Tone.DIM)
    ends = _time_left(row, now) if row.state is State.PENDING else outcome(row, signs)
    return fit(_WAITING, (*_who(row, over), asked, ends), width)


def history_row(row: Request, width: int, now: float, signs: Symbols) -> Line:
    """Return when it was asked, what became of it, how long that took and by whom."""
    over = row.state.final
    tier, wants, client = _who(row, over)
    return fit(
        _HISTORY,
        (
            Piece(Shown(_asked(row.created_at, now)), Tone.DIM),
            tier,
            wants,
            client,
            outcome(row, signs),
            piece(_took(row), Tone.DIM),
            Piece(decided_by(row), Tone.DIM),
        ),
        width,
    )


def ended_at(row: Request) -> float:
    """Return when a request ended, or ends."""
    return row.decided_at if row.decided_at is not None else row.expires_at


def outcome(row: Request, signs: Symbols) -> Piece:
    """Return what became of a request, in a word."""
    word, tone = _OUTCOMES[row.state]
    sign = f"{signs.bad} " if row.state is State.FAILED else ""
    return piece(sign + word, tone)


def decided_by(row: Request) -> Shown:
    """Return who decided, in words."""
    if row.decided_by:
        return clean(row.decided_by, 60)
    return Shown("" if row.state is State.PENDING else "nobody")


def field(row: Request, name: str) -> str:
    """Return what a filter's word about `name` looks in."""
    match name:
        case "tier":
            return row.tier.value
        case "client":
            return f"{row.requester.executable} {row.claimed_name}"
        case _:
            allowed = " allowed" if row.decision == "allow" else ""
            return f"{_OUTCOMES[row.state][0]} {row.state.value}{allowed}"


def _who(row: Request, over: bool) -> tuple[Piece, Piece, Piece]:
    tier = words.tier(row.tier)
    return (
        Piece(tier.text, Tone.DIM) if over else tier,
        Piece(words.scopes([s.name for s in row.scopes]), Tone.DIM if over else Tone.STRONG),
        Piece(words.program(row.requester.executable), Tone.DIM if over else Tone.PLAIN),
    )


def _time_left(row: Request, now: float) -> Piece:
    seconds = row.expires_at - now
    return piece(left(seconds), Tone.LOOK if seconds < 30 else Tone.PLAIN)


def _asked(at: float, now: float) -> str:
    return clock_time(at) if now - at < 86400 else date(at, now)[:8]


def _took(row: Request) -> str:
    """Return how long a decision took, to the second below two minutes; empty without one."""
    if row.decided_at is None:
        return ""
    seconds = max(0, round(row.decided_at - row.created_at))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
