"""How a line of a log looks: one row, wrapped, or unfolded with everything that it says."""

from __future__ import annotations

import re
import time

import msgspec

from entraclaw_tui.dashboard.ages import clock_time
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos.moments import day_of
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.log import NOTICE, LogLine
from entraclaw_tui.text import Shown, clean, clean_block

ORIGIN = 9
BEFORE = 8 + 1 + ORIGIN + 1 + 2
"""Columns before the message: time, origin, sign."""
WRAPPED = 4000
"""Characters of a message that are shown where it is wrapped."""
WHOLE = 20_000
"""Characters of a message or a field that are shown where the line is unfolded."""
MOST_ROWS = 400
"""Rows that one line may take."""
_LABEL = 14
_SIGNS = 2
"""Columns that the signs take where a line is cut at both ends."""
_TONES = {"error": Tone.BAD, "warning": Tone.LOOK, "debug": Tone.DIM, NOTICE: Tone.ACCENT}


class Looks(msgspec.Struct, frozen=True):
    """What is the same for all lines of the window."""

    width: int
    symbols: Symbols
    now: float
    wrapping: bool = False
    left: int = 0
    """Characters of each message that are out of sight to the left."""
    sought: str = ""
    """What is searched for: it stands out wherever it is."""


class Painted(msgspec.Struct, frozen=True):
    """The rows of a line."""

    rows: list[Line]
    head: int
    """Which of them carries time and origin: a rule may stand above it."""


def paint(kept: Kept, before: Kept | None, unfolded: bool, looks: Looks) -> Painted:
    """Return the rows of a line; the line `before` it says whether a new day begins."""
    rows = (_unfolded(kept, looks) if unfolded else _rows(kept, looks))[:MOST_ROWS]
    day = _day(kept, before, looks)
    return Painted([day, *rows], 1) if day else Painted(rows, 0)


def reaching(kept: Kept, looks: Looks) -> Looks:
    """Return the looks that bring the first hit of a line into sight, where it is cut away.

    A person who moves the lines sideways sees them as they moved them.
    """
    if looks.wrapping or looks.left or not looks.sought:
        return looks
    room = max(10, looks.width - BEFORE)
    message = _telling(kept.log, looks.sought)
    at = message.lower().find(looks.sought.lower())
    end = at + len(looks.sought)
    if at < 0 or end < room:
        return looks
    # With what stands around it: as much as fits before it, and a little behind it.
    last = min(len(message), end + room // 4)
    return msgspec.structs.replace(looks, left=max(1, min(at, last - room + _SIGNS)))


def sign(level: str, symbols: Symbols) -> Piece:
    """Return the sign of a level: each has a shape of its own besides its color."""
    tone = _TONES.get(level, Tone.PLAIN)
    shape = {
        "error": symbols.bad,
        "warning": symbols.look,
        "debug": symbols.dot,
        NOTICE: symbols.arrow,
    }
    return piece(shape.get(level, " "), tone)


def _day(kept: Kept, before: Kept | None, looks: Looks) -> Line | None:
    """Return the rule above the first line of a day; none while all are of today."""
    day = day_of(kept.at)
    if day == (day_of(before.at) if before is not None else day_of(looks.now)):
        return None
    when = time.localtime(kept.at)
    words = f"{time.strftime('%A', when)} {when.tm_mday} {time.strftime('%B %Y', when)}"
    return (piece(f"{'-' * 8} {words} {'-' * 8}", Tone.DIM),)


def _telling(log: LogLine, sought: str) -> str:
    """Return a message from where it tells something: launchd's begin with the job's whole name.

    Where that is searched for, it shows; wrapped, unfolded, copied and saved it always does.
    """
    target, mark, rest = log.message.partition(": ")
    name, _, pid = target.partition(" ")
    if log.origin != "launchd" or not mark or name.rpartition("/")[2] != LABEL:
        return log.message
    told, wanted = f"{pid} {rest}" if pid else rest, sought.lower()
    hidden = wanted in log.message.lower() and wanted not in told.lower()
    return log.message if hidden else told


def _rows(kept: Kept, looks: Looks) -> list[Line]:
    wraps = looks.wrapping or kept.log.level == NOTICE
    message = kept.log.message if wraps else _telling(kept.log, looks.sought)
    if wraps:
        parts = wrap(clean(message, WRAPPED), max(10, looks.width - BEFORE))
    elif looks.left:
        rest = message[looks.left : looks.left + 4 * looks.width]
        parts = [Shown(looks.symbols.less + clean(rest))]
    else:
        parts = [clean(message, max(20, 2 * looks.width))]
    return _headed(kept, parts, looks)


def _unfolded(kept: Kept, looks: Looks) -> list[Line]:
    """Return the message whole, and below it everything else, a fact a row."""
    from entraclaw_tui.macos.logs import fields_of

    log = kept.log
    room = max(10, looks.width - BEFORE)
    rows = _headed(kept, wrap(clean(log.message, WHOLE), room), looks)
    facts = [("time", moment(kept)), ("from", log.origin), ("level", log.level)]
    known = {"at", "origin", "level"}
    facts += [(name, value) for name, value in fields_of(log) if name not in known]
    for name, value in facts:
        rows += _fact(name, value, looks)
    return rows


def _fact(name: str, value: str, looks: Looks) -> list[Line]:
    label = f"{' ' * 9}{clean(name, _LABEL - 1).ljust(_LABEL)}"
    blank = piece(" " * len(label))
    parts = wrap(clean_block(value, WHOLE), max(10, looks.width - len(label)))
    return [
        (Piece(Shown(label), Tone.DIM) if n == 0 else blank, *_lit(part, Tone.PLAIN, looks))
        for n, part in enumerate(parts)
    ]


def _headed(kept: Kept, parts: list[Shown], looks: Looks) -> list[Line]:
    log = kept.log
    tone = _TONES.get(log.level, Tone.PLAIN)
    at = clock_time(kept.at) if log.at is not None else " " * 8
    head = (
        piece(f"{at} ", Tone.DIM),
        *_lit(Shown(clean(log.origin, ORIGIN).ljust(ORIGIN)), Tone.DIM, looks),
        piece(" "),
        sign(log.level, looks.symbols),
        piece(" "),
    )
    blank = piece(" " * BEFORE)
    return [
        (*(head if n == 0 else (blank,)), *_lit(part, tone, looks))
        for n, part in enumerate(parts[:MOST_ROWS] or [Shown("")])
    ]


def _lit(text: Shown, tone: Tone, looks: Looks) -> list[Piece]:
    """Return a text with what is searched for standing out."""
    if not looks.sought:
        return [Piece(text, tone)]
    pieces: list[Piece] = []
    done = 0
    for found in re.finditer(re.escape(looks.sought), text, re.IGNORECASE):
        pieces.append(Piece(Shown(text[done : found.start()]), tone))
        pieces.append(Piece(Shown(found[0]), Tone.HIT))
        done = found.end()
    pieces.append(Piece(Shown(text[done:]), tone))
    return [p for p in pieces if p.text]


def moment(kept: Kept) -> str:
    """Return a line's day and time to the millisecond; `about` before one that had none."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(kept.at))
    if kept.log.at is None:
        return f"about {when}"
    return f"{when}.{int(kept.at % 1 * 1000):03}"
