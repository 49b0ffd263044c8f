"""THE SYSTEM SAYS: the rows about the program that asks. None of it comes from the program."""

from __future__ import annotations

from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.sheets.paint import labelled
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request, Requester
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.text import Shown, cells, clean, oddities, shorten, shorten_path

LABEL = 13
"""Columns of the labels."""
_PATH_ROWS = 3

_STATUS = {
    "valid": ("valid", Tone.GOOD),
    "adhoc": ("ad hoc: nobody vouches for it", Tone.LOOK),
    "unsigned": ("unsigned", Tone.BAD),
    "broken": ("broken: changed after it was signed", Tone.BAD),
    "unverified": ("unverified: it could not be checked", Tone.LOOK),
}

_VERIFIED = {
    "audit token": ("proved by audit token", Tone.PLAIN),
    "pidfd": ("proved by pidfd", Tone.PLAIN),
    "start time": ("by pid and start time", Tone.LOOK),
}


def requester_rows(request: Request, width: int, symbols: Symbols) -> list[Line]:
    """Return the section's rows, its title among them."""
    who = request.requester
    rows: list[Line] = [(piece("THE SYSTEM SAYS", Tone.DIM),)]
    rows += _program(who, width)
    rows += _warnings(request, width, symbols)
    rows += _beside("  signed", _signed(who.signature), width)
    rows.append(_process(who, width, symbols))
    rows += _user(who, width)
    return rows


def _program(who: Requester, width: int) -> list[Line]:
    space = width - LABEL
    shown = clean(who.executable, 4096) or Shown("unknown")
    if cells(shown) > space * _PATH_ROWS:
        shown = shorten_path(shown, space * _PATH_ROWS)
    return labelled("  program", shown, width, LABEL, tone=Tone.STRONG)


def _warnings(request: Request, width: int, symbols: Symbols) -> list[Line]:
    said = [f"the path has {odd}" for odd in oddities(request.requester.executable)]
    if request.requester.is_interpreter:
        said.append("runs other programs' code: the path does not say whose")
    if request.new_client:
        said.append("never seen before: counts one tier higher")
    return [row for words in said for row in warning_rows(words, width, symbols)]


def warning_rows(words: str, width: int, symbols: Symbols) -> list[Line]:
    """Return a warning below a fact, with its sign."""
    rows: list[Line] = []
    for number, text in enumerate(wrap(Shown(words), width - LABEL - 2)):
        sign = f"{symbols.look} " if number == 0 else "  "
        rows.append((piece(" " * LABEL), piece(sign, Tone.LOOK), Piece(text, Tone.LOOK)))
    return rows


def _signed(signature: Signature) -> list[Piece]:
    words, tone = _STATUS.get(signature.status, (signature.status, Tone.LOOK))
    told = [Piece(clean(words, 60), tone)]
    if signature.team:
        told.append(Piece(Shown(f"team {clean(signature.team, 40)}")))
    elif signature.status == "valid":
        told.append(piece("no team", Tone.LOOK))
    if signature.identifier:
        told.append(Piece(clean(signature.identifier, 200)))
    return told


def _process(who: Requester, width: int, symbols: Symbols) -> Line:
    chain = [str(who.pid)]
    chain += [f"{clean(parent.name, 60)} {parent.pid}" for parent in who.parents]
    text = Shown(f" {symbols.less} ".join(chain))
    return (piece("  process".ljust(LABEL), Tone.DIM), Piece(shorten(text, width - LABEL)))


def _user(who: Requester, width: int) -> list[Line]:
    words, tone = _VERIFIED.get(who.verified_by, (f"by {who.verified_by}", Tone.LOOK))
    told = [Piece(Shown(f"{clean(who.user, 40)} ({who.uid})"))]
    told.append(Piece(clean(who.terminal, 40)) if who.terminal else piece("no terminal", Tone.DIM))
    told.append(Piece(clean(words, 60), tone))
    return _beside("  user", told, width)


def _beside(label: str, told: list[Piece], width: int) -> list[Line]:
    """Return a label and pieces two blanks apart; one that does not fit goes to the next row."""
    rows: list[Line] = []
    row: Line = (piece(label.ljust(LABEL), Tone.DIM),)
    for number, part in enumerate(told):
        if number and length(row) + 2 + cells(part.text) > width:
            rows.append(row)
            row = (piece(" " * LABEL),)
        elif number:
            row = (*row, piece("  "))
        row = (*row, Piece(shorten(part.text, max(1, width - length(row))), part.tone))
    return [*rows, row]
