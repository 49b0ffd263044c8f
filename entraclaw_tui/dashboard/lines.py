"""A line of a pane as data: pieces with a tone, columns that line up. No Textual in here.

Text in a piece has passed `text.clean`; the type says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from entraclaw_tui.text import Shown, cells, shorten, shorten_path


class Tone(StrEnum):
    """What a piece of text means. The theme gives each a color; none is told by color alone."""

    PLAIN = "plain"
    DIM = "dim"
    """Labels, ages, what has ended."""
    STRONG = "strong"
    GOOD = "good"
    LOOK = "look"
    """Wants a look."""
    BAD = "bad"
    """Broken, refused or high."""
    ACCENT = "accent"
    KEY = "key"
    """A key that can be pressed."""
    ALERT = "alert"
    """Waits for a person."""
    BADGE = "badge"
    """Where we are, said all the time."""
    HIT = "hit"
    """What was searched for."""


class Piece(msgspec.Struct, frozen=True):
    """Some text in one tone."""

    text: Shown
    tone: Tone = Tone.PLAIN


Line = tuple[Piece, ...]


def piece(text: str, tone: Tone = Tone.PLAIN) -> Piece:
    """Return a piece of our own words (never of text that came from elsewhere)."""
    return Piece(Shown(text), tone)


class Column(msgspec.Struct, frozen=True):
    """One column: `width` columns, or a share of what is left where `flex` is set."""

    title: str
    width: int = 0
    flex: int = 0
    right: bool = False
    path: bool = False
    """A path: where it does not fit, its end is kept."""
    from_width: int = 0
    """Left out where the pane is narrower than this."""


GAP = 2
"""Blanks between columns."""


def widths(columns: Sequence[Column], width: int) -> list[int]:
    """Return how wide each column is in `width` columns; 0 for those left out.

    It depends on the width alone, so rows that come and go move nothing.
    """
    shown = [c for c in columns if width >= c.from_width]
    fixed = sum(c.width for c in shown) + GAP * max(0, len(shown) - 1)
    rest = max(0, width - fixed)
    shares = sum(c.flex for c in shown)
    result, given, seen = [], 0, 0
    for column in columns:
        if width < column.from_width:
            result.append(0)
        elif column.flex:
            seen += column.flex
            upto = rest * seen // shares
            result.append(upto - given)
            given = upto
        else:
            result.append(column.width)
    return result


def fit(columns: Sequence[Column], row: Sequence[Piece], width: int) -> Line:
    """Return one row of a table, each piece in its column."""
    pieces: list[Piece] = []
    for column, cell, room in zip(columns, row, widths(columns, width), strict=True):
        if room <= 0:
            continue
        if pieces:
            pieces.append(piece(" " * GAP))
        text = shorten_path(cell.text, room) if column.path else shorten(cell.text, room)
        blank = " " * (room - cells(text))
        padded = blank + text if column.right else text + blank
        pieces.append(Piece(Shown(padded), cell.tone))
    return tuple(pieces)


def header(columns: Sequence[Column], width: int) -> Line:
    """Return the line of column titles."""
    return fit(columns, [piece(c.title, Tone.DIM) for c in columns], width)


def fact(label: str, *value: Piece, room: int = 12) -> Line:
    """Return a labelled fact: the label dim in `room` columns, then its value."""
    return (piece(label.ljust(room), Tone.DIM), *value)


def spread(left: Line, right: Line, width: int) -> Line:
    """Return `left` and `right` at both ends of `width`; `right` goes where there is no room."""
    gap = width - length(left) - length(right)
    return left if gap < 1 else (*left, piece(" " * gap), *right)


def length(line: Line) -> int:
    """Return how many columns a line takes."""
    return sum(cells(p.text) for p in line)


def cut(line: Line, width: int) -> Line:
    """Return a line in at most `width` columns, with an ellipsis where something was cut."""
    if length(line) <= width:
        return line
    kept: list[Piece] = []
    room = width
    for p in line:
        size = cells(p.text)
        if size >= room and (size > room or p is not line[-1]):
            kept.append(Piece(shorten(Shown(p.text + " "), room), p.tone))
            break
        kept.append(p)
        room -= size
    return tuple(kept)


_SIGN = 2
"""Columns that a sign with a blank takes at most."""


def folded(line: Line, width: int) -> list[Line]:
    """Return a line in as many as it needs: a long last piece goes on below the line's value.

    Where little room is left beside a value, what comes after it goes below the value.
    """
    if length(line) <= width or not line:
        return [cut(line, width)]
    *before, last = line
    text = Shown(last.text.lstrip(" "))
    gap = len(last.text) - len(text) if before else 0
    room = length(tuple(before)) + gap
    head: Line = (*before, piece(" " * gap)) if gap else tuple(before)
    indent = _hanging(before)
    if len(before) > 1 and room > width // 2:
        indent = min(indent, width // 2)
        first, below = cut(tuple(before), width), text
    else:
        beside = wrap(text, max(1, width - room))[0]
        first = cut((*head, Piece(beside, last.tone)), width)
        below = Shown(text[len(beside) :].removeprefix(" "))
    blank = piece(" " * indent)
    rest = wrap(below, max(1, width - indent)) if below else []
    return [first, *((blank, Piece(part, last.tone)) for part in rest)]


def _hanging(before: list[Piece]) -> int:
    """Return the columns up to a value: of its label, and of a sign and a blank beside that."""
    columns = length(tuple(before[:1]))
    for one in before[1:]:
        if cells(one.text) > _SIGN:
            break
        columns += cells(one.text)
    return columns


def wrap(text: Shown, width: int) -> list[Shown]:
    """Return text in lines of at most `width` columns, broken at blanks where there are any."""
    if width <= 0:
        return []
    lines: list[Shown] = []
    for whole in text.split("\n"):
        current = ""
        for word in whole.split(" "):
            longer = f"{current} {word}" if current else word
            if cells(longer) <= width:
                current = longer
                continue
            if current:
                lines.append(Shown(current))
            current = word
            while cells(current) > width:
                head = _head(current, width)
                lines.append(Shown(head))
                current = current[len(head) :]
        lines.append(Shown(current))
    return lines


def _head(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > width:
            return text[: max(1, index)]
    return text
