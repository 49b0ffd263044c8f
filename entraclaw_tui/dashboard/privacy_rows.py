"""How a privacy row looks in a list; the first picture needs it, so it imports little."""

from __future__ import annotations

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Piece, Tone, piece
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.privacy import COUNTS, PrivacyGrant


def tone(grant: PrivacyGrant) -> Tone:
    """Return how a decision is painted: what was for one run only is no grant."""
    if grant.state in COUNTS:
        return Tone.GOOD
    return Tone.BAD if grant.state == "denied" else Tone.LOOK


def sign(grant: PrivacyGrant, signs: Symbols) -> Piece:
    """Return the sign of a decision."""
    shapes = {Tone.GOOD: signs.fine, Tone.BAD: signs.bad}
    return piece(shapes.get(tone(grant), signs.look), tone(grant))


def thing(desk: Desk, grant: PrivacyGrant) -> str:
    """Return a row's name in findings: its service and its program."""
    return f"{grant.service} {client(desk, grant)}"


def client(desk: Desk, grant: PrivacyGrant) -> str:
    """Return the program that a row names, a path as one of the Mac."""
    return desk.host.shown(grant.client) if grant.client_is_path else grant.client
