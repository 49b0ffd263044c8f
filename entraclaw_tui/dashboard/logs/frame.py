"""What the logs' frame says: what narrows the lines down, and where one stands in them."""

from __future__ import annotations

import msgspec
from textual.content import Content

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece
from entraclaw_tui.dashboard.logs.sieve import LEVELS, Sieve
from entraclaw_tui.text import Shown, clean


class Standing(msgspec.Struct, frozen=True):
    """Where a person stands in the lines."""

    following: bool
    unseen: int
    place: int
    """Of the line under the cursor among those that are shown, from 0."""
    shown: int
    whole: int
    left: int
    broken: int
    """Logs that should be readable, and are not."""
    dot: str


def title(name: str, sieve: Sieve, sought: str) -> Content:
    """Return the pane's name, what is filtered by, and what is searched for."""
    told = Content(name)
    for narrow in narrowed(sieve):
        told += Content.styled(f"  {narrow}", "$tone-look")
    if sought:
        told += Content.styled(f"  /{clean(sought, 24)}", "$tone-accent")
    return told


def narrowed(sieve: Sieve) -> list[Shown]:
    """Return in words what narrows the lines down."""
    told: list[Shown] = []
    if sieve.wanted:
        how = "without" if sieve.inverse else "only"
        told.append(Shown(f'{how} "{clean(sieve.text.removeprefix("!"), 24)}"'))
    if sieve.level:
        told.append(Shown(LEVELS[sieve.level]))
    if sieve.off:
        names = ", ".join(clean(name, 9) for name in sorted(sieve.off)[:3])
        told.append(Shown(f"no {names}{', ...' if len(sieve.off) > 3 else ''}"))
    return told


def subtitle(now: Standing, width: int) -> Content:
    """Return whether it follows, with what is new, where one is and how much is shown.

    What does not fit is left out from the end.
    """
    if now.following:
        parts: list[Piece] = [piece("following", Tone.DIM)]
    else:
        new = f", {now.unseen:,} new" if now.unseen else ""
        parts = [piece(f"paused{new}", Tone.LOOK)]
    if now.broken:
        parts.append(piece(f"{words.count(now.broken, 'log')} not read", Tone.BAD))
    if now.shown and not now.following:
        parts.append(piece(f"line {now.place + 1:,} of {now.shown:,}", Tone.DIM))
        if now.shown != now.whole:
            parts.append(piece(f"{now.whole:,} in all", Tone.LOOK))
    elif now.shown != now.whole:
        parts.append(piece(f"{now.shown:,} of {now.whole:,}", Tone.LOOK))
    if now.left:
        parts.append(piece(f"{now.left} columns to the right", Tone.LOOK))
    line = _joined(parts, now.dot)
    while len(parts) > 1 and length(line) > width:
        parts.pop()
        line = _joined(parts, now.dot)
    return Content("").join(Content.styled(p.text, f"$tone-{p.tone}") for p in line)


def _joined(parts: list[Piece], dot: str) -> Line:
    pieces: list[Piece] = []
    for part in parts:
        pieces += [piece(f" {dot} ", Tone.DIM)] if pieces else []
        pieces.append(part)
    return tuple(pieces)
