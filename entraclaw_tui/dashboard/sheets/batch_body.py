"""Several requests as rows: each with its program, its words and every permission. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece, wrap
from entraclaw_tui.dashboard.sheets.paint import Field, key, key_off, labelled, row
from entraclaw_tui.dashboard.sheets.request_body import as_whom, scope_rows, tier_words
from entraclaw_tui.dashboard.sheets.requester_rows import LABEL, warning_rows
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request, Tier
from entraclaw_tui.text import Shown, clean, oddities, shorten_path


@dataclass(frozen=True, slots=True)
class Fate:
    """What is said of one request: why it is left out, or what became of it."""

    text: str
    tone: Tone = Tone.DIM


@dataclass(frozen=True, slots=True)
class Together:
    """The rows, and for each request the rows that it takes."""

    lines: list[Line]
    parts: tuple[range, ...]


def together(
    requests: Sequence[Request], fates: Mapping[str, Fate], width: int, symbols: Symbols
) -> Together:
    """Return the rows of all requests in `width` columns, a blank row between two."""
    lines: list[Line] = []
    parts = []
    for number, request in enumerate(requests):
        if number:
            lines.append(())
        rows = _rows(request, fates.get(request.id), width, symbols)
        parts.append(range(len(lines), len(lines) + len(rows)))
        lines += rows
    return Together(lines, tuple(parts))


def _rows(request: Request, fate: Fate | None, width: int, symbols: Symbols) -> list[Line]:
    who = request.requester
    word, tone = tier_words(request.tier)
    path = shorten_path(clean(who.executable, 4096) or Shown("unknown"), width - LABEL)
    head: Line = (piece(word.ljust(LABEL), tone), Piece(path, Tone.STRONG))
    rows = [head]
    if fate is not None:
        rows += labelled("", fate.text, width, LABEL, tone=fate.tone)
    signed = words.signed(who.signature.status)
    team = f", team {clean(who.signature.team, 40)}" if who.signature.team else ""
    rows += labelled("  signed", f"{signed.text}{team}", width, LABEL, tone=signed.tone)
    name = f'"{clean(request.claimed_name, 60)}"'
    said = f'{name}: "{clean(request.reason, 300)}"' if request.reason.strip() else name
    rows += labelled("  says", said, width, LABEL, most=2)
    warnings = [f"the path has {odd}" for odd in oddities(who.executable)]
    warnings += [f"what it says has {odd}" for odd in oddities(request.claimed_name)]
    if who.is_interpreter:
        warnings.append("runs other programs' code: the path does not say whose")
    if request.new_client:
        warnings.append("never seen before: counts one tier higher")
    rows += [line for words in warnings for line in warning_rows(words, width, symbols)]
    rows += labelled("  wants", f"{as_whom(request)}, on {request.resource}", width, LABEL)
    for scope in request.scopes:
        rows += scope_rows(scope, request.scopes, width)
    return rows


# -- what stands below


@dataclass(frozen=True, slots=True)
class Asking:
    """What the lower rows show before anything is decided."""

    obstacle: str
    open: int
    """How many wait."""
    allowable: int
    """How many of these one PIN would allow."""
    dots: str
    typed: bool
    """The PIN is long enough."""
    locked: bool
    """An unlock is what is missing."""
    may_deny: bool
    readonly: bool = False
    """Nothing can be decided from here, whatever comes."""


def asking_rows(asking: Asking, width: int) -> list[Line]:
    """Return what allowing takes."""
    label = piece(("ALLOWING" if asking.open else "OUTCOME").ljust(LABEL), Tone.DIM)
    if asking.obstacle:
        first, *rest = wrap(clean(asking.obstacle), width - LABEL)
        more = [(piece(" " * LABEL), Piece(text, Tone.LOOK)) for text in rest]
        return [(label, Piece(first, Tone.LOOK)), *more]
    what = "1 request" if asking.allowable == 1 else f"{asking.allowable} requests"
    rows: list[Line] = [(label, piece(f"{what}, once each: type your PIN"))]
    if left := asking.open - asking.allowable:
        high = "1 is high and waits" if left == 1 else f"{left} are high and wait"
        rows.append((piece(" " * LABEL), piece(f"{high}: allowed alone", Tone.LOOK)))
    rows.append((piece(" " * LABEL), Field(Shown(f" {asking.dots} "))))
    return rows


def asking_keys(asking: Asking) -> Line:
    """Return the keys while they wait."""
    if asking.readonly or not asking.open:
        return row(key("Esc", "back"))
    deny = key if asking.may_deny else key_off
    if asking.locked:
        allow = key("u", "unlock", Tone.GOOD)
    elif asking.obstacle:
        allow = key_off("Enter", "off")
    elif not asking.typed:
        allow = key_off("0-9", "digits")
    else:
        allow = key("Enter", f"allow {asking.allowable}", Tone.GOOD)
    what = f"deny all {asking.open}" if asking.open > 1 else "deny"
    return row(deny("d", what, Tone.BAD), allow, key("Esc", "later"))


def in_order(requests: Sequence[Request]) -> list[Request]:
    """Return the requests as they are shown: those that can be allowed together come first."""
    return sorted(requests, key=lambda r: (r.tier is Tier.HIGH, r.created_at, r.id))
