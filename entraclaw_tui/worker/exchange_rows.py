"""How exchanges are written down: what a row wishes, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from entraclaw_tui.model.consent import Grant, State, TokenInfo
from entraclaw_tui.text import clean
from entraclaw_tui.worker.core import new_id
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.shelf import renews_at
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.wish import Token, Wish

ATTEMPTS: Final = 2
"""Exchanges of one approved request: one, and one more after a crash in the middle of it."""

RESUME_WITHIN: Final = 60.0
"""Seconds after a decision in which its exchange may begin, or be taken up again after a crash."""


def wish_of(stored: StoredRequest, assertion: str) -> Wish:
    """Return what a stored row wishes from Entra."""
    request = stored.request
    return Wish(
        request.flow,
        request.agent,
        request.tenant,
        request.account,
        request.resource,
        tuple(scope.name for scope in request.scopes),
        assertion,
        stored.claims,
    )


def wish_of_grant(grant: Grant, assertion: str, claims: str) -> Wish:
    """Return what a live grant wishes from Entra."""
    return Wish(
        grant.flow,
        grant.agent,
        grant.tenant,
        grant.account,
        grant.resource,
        grant.scopes,
        assertion,
        claims,
    )


def begin(txn: Transaction, request_id: str) -> StoredRequest | None:
    """Consume the approval: from here on it cannot be used a second time."""
    stored = txn.request(request_id)
    if stored is None or stored.request.state.final:
        return None
    if stored.attempts >= ATTEMPTS:
        _end(txn, stored, State.FAILED, "transient", "The exchange was cut short twice.")
        return None
    if txn.now > (stored.request.decided_at or 0.0) + RESUME_WITHIN:
        _end(txn, stored, State.FAILED, "transient", "The exchange could not begin in time.")
        return None
    request = move(stored.request, State.EXCHANGING)
    stored = msgspec.structs.replace(stored, request=request, attempts=stored.attempts + 1)
    txn.put_request(stored)
    if stored.attempts > 1:
        txn.audit("exchange_resumed", request_id, client=request.claimed_name)
    return stored


def ready(txn: Transaction, request_id: str, info: TokenInfo) -> None:
    """The token is there."""
    stored = txn.request(request_id)
    if stored is None:
        return
    request = move(stored.request, State.READY)
    txn.put_request(msgspec.structs.replace(stored, request=request))
    txn.put_token(info)
    txn.audit(
        "exchanged",
        request_id,
        client=request.claimed_name,
        resource=request.resource,
        scopes=" ".join(info.scopes),
        ms=str(info.exchange_ms),
    )


def failed(
    txn: Transaction, request_id: str, code: str, text: str, number: str, claims: str
) -> None:
    """Entra gave no token."""
    stored = txn.request(request_id)
    if stored is None:
        return
    _end(txn, stored, State.FAILED, code, clean(text, 400), claims)
    txn.audit(
        "exchange_failed",
        request_id,
        client=stored.request.claimed_name,
        resource=stored.request.resource,
        code=code,
        number=number,
    )


def _end(
    txn: Transaction, stored: StoredRequest, to: State, code: str, text: str, claims: str = ""
) -> None:
    request = move(stored.request, to, code=code, text=text, claims=claims)
    txn.put_request(msgspec.structs.replace(stored, request=request))


def unrenewed(
    grant: Grant, error: ExchangeError, claims: str = ""
) -> Callable[[Transaction], object]:
    """A live grant got no new token."""
    return lambda txn: txn.audit(
        "exchange_failed",
        grant.id,
        client=grant.client_name,
        resource=grant.resource,
        code=str(error.kind),
        number=error.code,
        **_asked_by(claims),
    )


def renewed(txn: Transaction, grant: Grant, info: TokenInfo, claims: str = "") -> None:
    """A live grant got a new token; the one before has ended."""
    for token in txn.tokens_of(grant.id):
        if token.ended_at is None:
            txn.put_token(msgspec.structs.replace(token, ended_at=txn.now))
    txn.put_token(info)
    txn.audit(
        "exchanged",
        grant.id,
        client=grant.client_name,
        resource=grant.resource,
        scopes=" ".join(info.scopes),
        ms=str(info.exchange_ms),
        **_asked_by(claims),
    )


def _asked_by(claims: str) -> dict[str, str]:
    """Return what the audit says of a client that wanted another token than the one there."""
    return {"why": "claims"} if claims else {}


def info_of_grant(grant: Grant, token: Token, kept_in: str, now: float) -> TokenInfo:
    """Return what is known of a live grant's new token."""
    about = TokenInfo(
        id=new_id("t"),
        request_id="",
        grant_id=grant.id,
        client_name=grant.client_name,
        account=grant.account,
        resource=grant.resource,
        scopes=token.scopes,
        issued_at=now,
        expires_at=token.expires_at,
        kept_in=kept_in,
        flow=grant.flow,
    )
    return _with_exchange(about, token)


def info_of(stored: StoredRequest, token: Token, kept_in: str, now: float) -> TokenInfo:
    """Return what is known of a request's token."""
    request = stored.request
    about = TokenInfo(
        id=new_id("t"),
        request_id=request.id,
        grant_id=stored.grant_id,
        client_name=request.claimed_name,
        account=request.account,
        resource=request.resource,
        scopes=token.scopes,
        issued_at=now,
        expires_at=token.expires_at,
        kept_in=kept_in,
        flow=request.flow,
    )
    return _with_exchange(about, token)


def _with_exchange(about: TokenInfo, token: Token) -> TokenInfo:
    """Return it with what the exchange tells, and when a use renews it."""
    renewed = renews_at(about.grant_id, token.expires_at) if about.grant_id else None
    return msgspec.structs.replace(
        about,
        from_cache=token.from_cache,
        exchange_ms=token.milliseconds,
        refresh_at=renewed,
    )
