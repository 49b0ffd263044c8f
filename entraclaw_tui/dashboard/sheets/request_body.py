"""A request as rows: what the system says, what the program says, what it wants, which consents.

Pure: a request in, lines out. The rows stand in a fixed order; whatever is long is wrapped or cut
with a sign, so nothing that a program says can push a fact away unseen.
"""

from __future__ import annotations

from dataclasses import dataclass

from entraclaw_tui.dashboard.lines import Line, Piece, Tone, length, piece, wrap
from entraclaw_tui.dashboard.sheets.paint import labelled, padded
from entraclaw_tui.dashboard.sheets.requester_rows import LABEL, requester_rows, warning_rows
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.model.consent import Request, Scope, State, Tier
from entraclaw_tui.text import Shown, cells, clean, oddities

_REASON_ROWS = 2
_TIERS = {
    Tier.LOW: ("low", Tone.GOOD),
    Tier.MEDIUM: ("medium", Tone.LOOK),
    Tier.HIGH: ("HIGH", Tone.BAD),
}


def tier_words(tier: Tier) -> tuple[str, Tone]:
    """Return how a tier is written: high stands in capitals, so that color is not all it has."""
    return _TIERS[tier]


@dataclass(frozen=True, slots=True)
class Body:
    """The rows, and for each scope the rows that it takes."""

    lines: list[Line]
    scopes: tuple[range, ...]


def body(request: Request, width: int, symbols: Symbols, *, roomy: bool) -> Body:
    """Return the rows in `width` columns, with blank rows between the sections where `roomy`."""
    gap: list[Line] = [()] if roomy else []
    lines = requester_rows(request, width, symbols) + gap
    lines += _program_says(request, width, symbols) + gap
    lines += _wants(request, width)
    scopes = []
    for scope in request.scopes:
        rows = scope_rows(scope, request.scopes, width)
        scopes.append(range(len(lines), len(lines) + len(rows)))
        lines += rows
    lines += _where(request, width) + gap
    lines += _consents(request, width)
    whole = wrap(clean(request.reason, 4000), width - 2)
    if len(_reason(request, width)) < len(wrap(clean(request.reason, 4000), width - LABEL - 2)):
        lines += [*gap, (piece("THE WHOLE REASON", Tone.DIM),)]
        lines += [(piece("  "), Piece(text)) for text in whole]
    return Body(lines, tuple(scopes))


def _program_says(request: Request, width: int, symbols: Symbols) -> list[Line]:
    name = f"{request.claimed_name} {request.claimed_version}".strip()
    rows: list[Line] = [(piece("THE PROGRAM SAYS", Tone.DIM),)]
    rows += labelled("  name", f'"{clean(name, 400)}"', width, LABEL, most=2)
    odd = [f"the name has {word}" for word in oddities(name)]
    odd += [f"the reason has {word}" for word in oddities(request.reason)]
    rows += [row for words in odd for row in warning_rows(words, width, symbols)]
    rows += _reason(request, width)
    if request.merged:
        same = (
            "1 equal request waits"
            if request.merged == 1
            else (f"{request.merged} equal requests wait")
        )
        rows += labelled("  also", f"{same} with this one", width, LABEL)
    return rows


def _reason(request: Request, width: int) -> list[Line]:
    if not request.reason.strip():
        return labelled("  reason", "none given", width, LABEL, tone=Tone.DIM)
    quoted = f'"{clean(request.reason, 4000)}"'
    return labelled("  reason", quoted, width, LABEL, most=_REASON_ROWS)


def _wants(request: Request, width: int) -> list[Line]:
    return labelled("IT WANTS", as_whom(request), width, LABEL, tone=Tone.STRONG)


def as_whom(request: Request) -> str:
    """Return as whom the program would act, in words."""
    account = clean(request.account, 200) or "nobody signed in yet"
    agent = clean(request.agent, 128)
    match request.flow:
        case "app":
            return f"as the agent {agent} itself, for no person"
        case "agent_user":
            return f"as {account}, the own account of agent {agent}"
        case "agent_obo":
            return f"as {account}, by the identity of agent {agent}"
    return f"as {account}, through agent {agent}" if agent else f"as {account}"


def _name_room(scopes: tuple[Scope, ...], width: int) -> int:
    longest = max((cells(clean(scope.name, 256)) for scope in scopes), default=0)
    return min(longest, max(16, (width - LABEL) // 2 - 4))


def scope_rows(scope: Scope, beside: tuple[Scope, ...], width: int) -> list[Line]:
    """Return one permission's rows, its meaning lined up with those of the others `beside` it."""
    name_room = _name_room(beside, width)
    word, tone = tier_words(scope.tier)
    name = clean(scope.name, 256)
    notes = ", ".join(
        note
        for note, true in (("unknown to us", not scope.known), ("admin only", scope.admin_only))
        if true
    )
    head: Line = (piece(f"  {word}".ljust(LABEL), tone),)
    indent = LABEL + name_room + 2
    meaning = wrap(Shown(clean(scope.meaning, 400).rstrip()), max(12, width - indent))
    rows: list[Line] = []
    if cells(name) <= name_room:
        first = meaning.pop(0) if meaning else Shown("")
        rows.append((*head, Piece(padded(name, name_room + 2), Tone.STRONG), Piece(first)))
    else:
        for number, part in enumerate(wrap(name, width - LABEL)):
            lead = head if number == 0 else (piece(" " * LABEL),)
            rows.append((*lead, Piece(part, Tone.STRONG)))
    rows += [(piece(" " * indent), Piece(text)) for text in meaning]
    if notes:
        if length(rows[-1]) + 2 + len(notes) <= width:
            rows[-1] = (*rows[-1], piece(f"  {notes}", Tone.LOOK))
        else:
            rows.append((piece(" " * min(indent, width - len(notes))), piece(notes, Tone.LOOK)))
    return rows


def _where(request: Request, width: int) -> list[Line]:
    tenant = f"tenant {clean(request.tenant, 200)}"
    resource = clean(request.resource, 256)
    if LABEL + cells(resource) + 3 + cells(tenant) <= width:
        return labelled("  resource", f"{resource}   {tenant}", width, LABEL)
    rows = labelled("  resource", resource, width, LABEL)
    return rows + labelled("  tenant", clean(request.tenant, 200), width, LABEL)


def _consents(request: Request, width: int) -> list[Line]:
    if request.state is State.PENDING:
        yours = piece("needed now", Tone.LOOK)
    elif request.decision == "allow":
        yours = piece("given", Tone.GOOD)
    else:
        yours = piece("not given", Tone.DIM)
    label = piece("CONSENTS".ljust(LABEL), Tone.DIM)
    return [(label, piece("yours "), yours, piece("  directory "), _directory(request))]


def _directory(request: Request) -> Piece:
    """Return what is known of the directory's own consent: the exchange tells, nothing before."""
    if request.outcome_code == "consent_needed":
        return piece("missing", Tone.BAD)
    if request.state in (State.READY, State.DELIVERED):
        return piece("given", Tone.GOOD)
    return piece("not asked yet", Tone.DIM)
