"""Everything that is known of one grant, as lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.ages import ago, left, moment
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.model.consent import AuditEntry, Grant, Remember, Request, TokenInfo
from entraclaw_tui.text import Shown, clean

_REMEMBER = {
    Remember.ONCE: "once",
    Remember.QUARTER: "for 15 minutes",
    Remember.HOUR: "for 1 hour",
    Remember.UNTIL_LOCK: "until you lock",
}


def lives(grant: Grant, now: float) -> bool:
    """Return whether a grant still counts."""
    return grant.ended_at is None and grant.expires_at > now


def ended_at(grant: Grant) -> float:
    """Return when a grant ended, or ends."""
    return grant.ended_at if grant.ended_at is not None else grant.expires_at


def lines(grant: Grant, now: float) -> list[Line]:
    """Return what was asked, for whom, since when, how often it was used, and its end."""
    used = f", last {ago(now - grant.last_used_at)}" if grant.last_used_at else ""
    told = [
        *(
            fact("allows" if n == 0 else "", Piece(clean(scope), Tone.STRONG))
            for n, scope in enumerate(grant.scopes)
        ),
        fact("tier", words.tier(grant.tier)),
        fact("client", Piece(clean(grant.client_name), Tone.STRONG)),
        fact("program", Piece(clean(grant.executable))),
        fact("bound to", Piece(clean(grant.identity))),
        fact("account", Piece(clean(grant.account))),
        fact("agent", Piece(clean(grant.agent or "none"))),
        fact("tenant", Piece(clean(grant.tenant))),
        fact("resource", Piece(clean(grant.resource))),
        fact("flow", Piece(words.flow(grant.flow))),
        fact("remembered", piece(_REMEMBER[grant.remember])),
        fact("given", piece(f"{moment(grant.created_at)}, {ago(now - grant.created_at)}")),
        fact("ends", piece(moment(grant.expires_at))),
    ]
    if grant.ended_at is not None:
        by = clean(grant.ended_by or "unknown")
        told.append(fact("ended", piece(f"{moment(ended_at(grant))}, "), Piece(by, Tone.LOOK)))
    told.append(fact("used", Piece(Shown(words.count(grant.uses, "time") + used))))
    return told


def decided(decision: AuditEntry | None, request: Request | None, *, read: bool) -> list[Line]:
    """Return which decision made a grant; `read` is whether the audit was read."""
    if decision is None and request is None:
        words = "older than what the audit tells at once" if read else "not read yet"
        return [fact("decided", piece(words, Tone.DIM))]
    by = request.decided_by if request is not None else ""
    by = by or (decision.detail.get("by", "") if decision is not None else "")
    at = decision.at if decision is not None else request.decided_at if request else None
    when = f"{moment(at)}, " if at is not None else ""
    told = [fact("decided", piece(when), Piece(clean(f"by {by or 'somebody'}", 120)))]
    if request is not None:
        said = f"\u201c{request.reason}\u201d" if request.reason else "no reason"
        told.append(fact("it said", Piece(clean(said, 300))))
    id = decision.subject if decision is not None else request.id if request is not None else ""
    return [*told, fact("request", Piece(clean(id, 80)))]


def tokens(known: Sequence[TokenInfo], grant: Grant, now: float) -> list[Line]:
    """Return the tokens of a grant, the newest first."""
    mine = sorted((t for t in known if t.grant_id == grant.id), key=lambda t: -t.issued_at)
    told = [
        f"issued {ago(now - t.issued_at)}, "
        + (f"ends in {left(t.expires_at - now)}" if t.ended_at is None else "ended")
        for t in mine[:4]
    ]
    return [fact("token" if n == 0 else "", piece(text)) for n, text in enumerate(told)]
