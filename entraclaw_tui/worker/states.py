"""The states of a request, and the only ways between them."""

from __future__ import annotations

from typing import Final

import msgspec

from entraclaw_tui.model.consent import Request, State

MOVES: Final[dict[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.APPROVED, State.DENIED, State.EXPIRED, State.CANCELLED}),
    State.APPROVED: frozenset(
        {State.EXCHANGING, State.FAILED, State.EXPIRED, State.CANCELLED, State.DENIED}
    ),
    # Back to itself: an exchange that a crash cut short is taken up once more.
    State.EXCHANGING: frozenset(
        {State.EXCHANGING, State.READY, State.FAILED, State.EXPIRED, State.CANCELLED}
    ),
    # Back to the exchange: a token that was only in memory is gone after a crash.
    State.READY: frozenset(
        {State.EXCHANGING, State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED}
    ),
    State.DELIVERED: frozenset(),
    State.DENIED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.FAILED: frozenset(),
}
"""Nothing leads to an exchange but `approved`, and nothing to `approved` but `pending`."""


class IllegalMove(Exception):
    """The request does not stand where this step begins."""

    def __init__(self, request: Request, to: State) -> None:
        super().__init__(f"{request.id} is {request.state}, it cannot become {to}")
        self.request = request


def move(
    request: Request,
    to: State,
    *,
    code: str = "",
    text: str = "",
    claims: str = "",
) -> Request:
    """Return the request in its next state, with the word and sentence that say why.

    Raises IllegalMove where the table has no such step.
    """
    if to not in MOVES[request.state]:
        raise IllegalMove(request, to)
    return msgspec.structs.replace(
        request,
        state=to,
        revision=request.revision + 1,
        outcome_code=code or request.outcome_code,
        outcome_text=text or request.outcome_text,
        outcome_claims=claims or request.outcome_claims,
    )
