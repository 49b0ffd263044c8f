"""Everything that is known of one token, as lines; its text never comes here. Pure."""

from __future__ import annotations

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.ages import ago, moment
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.model.consent import TokenInfo
from entraclaw_tui.text import Shown, clean


def lives(token: TokenInfo, now: float) -> bool:
    """Return whether a token can still be used."""
    return token.ended_at is None and token.expires_at > now


def ended_at(token: TokenInfo) -> float:
    """Return when a token ended, or ends."""
    return token.ended_at if token.ended_at is not None else token.expires_at


def lines(token: TokenInfo, now: float) -> list[Line]:
    """Return what it is for, how it came, when it ends and what keeps it."""
    how = "from the cache" if token.from_cache else f"by an exchange of {token.exchange_ms} ms"
    told = [
        *(
            fact("scope" if n == 0 else "", Piece(clean(scope), Tone.STRONG))
            for n, scope in enumerate(token.scopes)
        ),
        fact("resource", Piece(clean(token.resource))),
        fact("client", Piece(clean(token.client_name))),
        fact("account", Piece(clean(token.account or "none: the agent itself"))),
        fact("flow", Piece(words.flow(token.flow))),
        fact("issued", piece(f"{moment(token.issued_at)}, {ago(now - token.issued_at)}, {how}")),
        fact("ends", piece(moment(token.expires_at))),
        *_renewal(token),
        fact("kept in", Piece(clean(token.kept_in))),
        fact("grant", Piece(clean(token.grant_id or "none: allowed once"))),
        fact("request", Piece(clean(token.request_id))),
    ]
    if token.ended_at is not None:
        told.append(fact("ended", Piece(Shown(moment(token.ended_at)), Tone.LOOK)))
    return told


def _renewal(token: TokenInfo) -> list[Line]:
    if token.refresh_at is None or token.ended_at is not None:
        return []
    return [fact("renewed", piece(f"by a use after {moment(token.refresh_at)}"))]
