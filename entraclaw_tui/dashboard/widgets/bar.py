"""A bar of one line: parts at both ends; where there is no room, the least important give way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from entraclaw_tui.dashboard.lines import Line, Piece, length, piece
from entraclaw_tui.dashboard.widgets.line_view import LineView


class Part(msgspec.Struct, frozen=True):
    """Some pieces of a bar. The greater `give`, the sooner it gives way; 0 stays."""

    pieces: Line
    give: int = 0
    short: Part | None = None
    """What then stands in its place, and gives way later; without one it is left out."""


class Bar(LineView, can_focus=False):
    """Base of the bars."""

    GUTTER = 0

    def count(self) -> int:
        """Return that there is one line."""
        return 1


def join(left: Sequence[Part], right: Sequence[Part], width: int, gap: int = 2) -> Line:
    """Return the bar's line: what fits, in its order, in `width` columns."""
    kept_left, kept_right = list(left), list(right)
    while _size(kept_left, gap) + _size(kept_right, gap) + gap > width:
        going = max((p.give for p in (*kept_left, *kept_right)), default=0)
        if going == 0:
            break
        kept_left, kept_right = _without(kept_left, going), _without(kept_right, going)
    blank = width - _size(kept_left, gap) - _size(kept_right, gap)
    return (
        *_joined(kept_left, gap),
        piece(" " * max(blank, 1 if kept_right else 0)),
        *_joined(kept_right, gap),
    )


def _without(parts: Sequence[Part], going: int) -> list[Part]:
    """Return the parts after those of this `give` gave way."""
    shorter = (p.short if p.give == going else p for p in parts)
    return [p for p in shorter if p is not None]


def _size(parts: Sequence[Part], gap: int) -> int:
    return sum(length(p.pieces) for p in parts) + gap * max(0, len(parts) - 1)


def _joined(parts: Sequence[Part], gap: int) -> list[Piece]:
    pieces: list[Piece] = []
    for part in parts:
        if pieces:
            pieces.append(piece(" " * gap))
        pieces.extend(part.pieces)
    return pieces
