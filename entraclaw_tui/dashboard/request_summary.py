"""A request in a few lines, for below a narrow list. Pure."""

from __future__ import annotations

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.model.consent import Request
from entraclaw_tui.text import Shown, clean


def summary(row: Request) -> list[Line]:
    """Return the few lines that tell a request apart, for below a narrow list."""
    system = row.requester
    said = f"\u201c{clean(row.claimed_name, 40)}\u201d"
    if row.reason:
        said += f"  \u201c{clean(row.reason, 200)}\u201d"
    signature = system.signature
    lines: list[Line] = [
        (
            piece("program  ", Tone.DIM),
            Piece(clean(system.executable, 200)),
            piece("  "),
            words.signed(signature.status),
            Piece(clean(f"  {signature.team}" if signature.team else ""), Tone.DIM),
        ),
        (piece("says     ", Tone.DIM), Piece(Shown(said))),
    ]
    if row.outcome_text:
        lines.append((piece("outcome  ", Tone.DIM), Piece(clean(row.outcome_text, 300))))
    for scope in row.scopes:
        name = Piece(Shown(clean(scope.name, 60).ljust(22)))
        tier = words.tier(scope.tier)
        word = Piece(Shown(tier.text.ljust(9)), tier.tone)
        lines.append((word, name, Piece(clean(scope.meaning, 200), Tone.DIM)))
    return lines
