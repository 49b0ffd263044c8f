"""The rows below a request: what allowing takes, how long it counts, a note, the keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.sheets.allowance import REMEMBER_WORDS, digits_for
from entraclaw_tui.dashboard.sheets.outcome import Outcome
from entraclaw_tui.dashboard.sheets.paint import Field, key, key_off, key_rows, labelled, row
from entraclaw_tui.dashboard.sheets.request_body import tier_words
from entraclaw_tui.dashboard.sheets.requester_rows import LABEL
from entraclaw_tui.model.consent import Proof, Remember, Tier
from entraclaw_tui.text import Shown, cells, clean


class Gate(Enum):
    """Whether Allow works now."""

    OFF = auto()
    WAIT = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class Asking:
    """What the rows show while the request waits."""

    tier: Tier
    proof: Proof
    takes: str
    """What allowing takes, in a sentence."""
    obstacle: str
    gate: Gate
    dots: str
    typed: int
    options: tuple[Remember, ...]
    remember: Remember
    locked: bool
    """An unlock is what is missing."""
    may_deny: bool
    readonly: bool = False
    """Nothing can be decided from here, whatever comes."""


def asking_rows(asking: Asking, width: int) -> list[Line]:
    """Return what allowing takes and how long it would count."""
    word, tone = tier_words(asking.tier)
    label = piece("ALLOWING".ljust(LABEL), Tone.DIM)
    tier = piece(f"{word}: ", tone)
    if asking.obstacle:
        told = _takes((label, tier), asking.obstacle, width, Tone.LOOK)
        return [*told, _how_long(asking, width)]
    lines = _takes((label, tier), asking.takes, width)
    if digits_for(asking.proof):
        field = Field(Shown(f" {asking.dots} "))
        if length(lines[-1]) + 2 + cells(field.text) <= width:
            lines[-1] = (*lines[-1], piece("  "), field)
        else:
            lines.append((piece(" " * LABEL), field))
    return [*lines, _how_long(asking, width)]


def _takes(head: Line, words: str, width: int, tone: Tone = Tone.PLAIN) -> list[Line]:
    """Return a sentence behind `head`, wrapped below the label."""
    first, *rest = wrap(clean(words), max(8, width - length(head)))
    more = wrap(Shown(" ".join(rest)), width - LABEL) if rest else []
    return [
        (*head, Piece(first, tone)),
        *((piece(" " * LABEL), Piece(text, tone)) for text in more),
    ]


def _how_long(asking: Asking, width: int) -> Line:
    label = piece("  for".ljust(LABEL), Tone.DIM)
    if len(asking.options) == 1:
        only = REMEMBER_WORDS[asking.options[0]]
        why = ": high is never remembered" if asking.tier is Tier.HIGH else ""
        return (label, piece(f"{only} only{why}", Tone.DIM))
    choices: list[Piece] = []
    for option in asking.options:
        word = REMEMBER_WORDS[option]
        if option is asking.remember:
            choices.append(piece(f"[{word}]", Tone.STRONG))
        else:
            choices.append(piece(f" {word} ", Tone.DIM))
    if not asking.may_deny:
        return (label, *choices)
    change = (piece(" "), *key("t", "change" if width > 70 else ""))
    line: Line = (label, *choices, *change)
    if length(line) <= width:
        return line
    return (label, piece(f"[{REMEMBER_WORDS[asking.remember]}]", Tone.STRONG), *change)


def outcome_rows(told: Outcome, width: int) -> list[Line]:
    """Return what became of the request."""
    rows = labelled("OUTCOME", told.text, width, LABEL, tone=told.tone)
    for text in told.details:
        rows += labelled("", text, width, LABEL)
    return rows


def note_rows(note: str, width: int) -> list[Line]:
    """Return the note, one row at least, so that the sheet keeps its size."""
    rows: list[Line] = [(Piece(text, Tone.LOOK),) for text in wrap(clean(note), width)]
    return rows[:2] or [()]


def asking_keys(asking: Asking, width: int) -> list[Line]:
    """Return the keys while the request waits. What does nothing now says so in a word."""
    if asking.readonly:
        return [row(key("Esc", "back"))]
    wide = width >= 70
    deny = key if asking.may_deny else key_off
    groups = [
        deny("d", "deny", Tone.BAD),
        deny("D", "deny always" if wide else "always", Tone.BAD),
        deny("m", "with a reason" if wide else "reason", Tone.BAD),
        _allow(asking),
        key("Esc", "later"),
    ]
    return key_rows(width, *groups, gap=2 if wide else 1)


def _allow(asking: Asking) -> tuple[Piece, Piece]:
    if asking.locked:
        return key("u", "unlock", Tone.GOOD)
    wanted = digits_for(asking.proof)
    name = "Enter" if wanted else "A"
    if asking.gate is Gate.OFF:
        return key_off(name, "off")
    if asking.typed < wanted:
        return key_off("0-9", "digits")
    if asking.gate is Gate.WAIT:
        return key_off(name, "wait")
    return key(name, "allow", Tone.GOOD)


def decided_keys(waiting: int) -> Line:
    """Return the keys once it is decided."""
    back = key("Esc", "back")
    if not waiting:
        return row(back)
    return row(key("n", f"next ({waiting} waiting)"), back)
