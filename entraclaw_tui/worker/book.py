"""What is live, in memory: the mirror of the ledger that every look is answered from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from entraclaw_tui.model.consent import AuditEntry, Client, Grant, Request, State, TokenInfo
from entraclaw_tui.worker.rows import Change, StoredRequest

T = TypeVar("T")

HISTORY: Final = 200
"""Ended requests, and as many grants and tokens, that a snapshot shows."""
CLIENTS: Final = 500


class Book:
    """Follows the commits; nobody else writes here."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, StoredRequest] = OrderedDict()
        self._ended: OrderedDict[str, StoredRequest] = OrderedDict()
        self._grants: OrderedDict[str, Grant] = OrderedDict()
        self._tokens: OrderedDict[str, TokenInfo] = OrderedDict()
        self._clients: OrderedDict[str, Client] = OrderedDict()

    def apply(self, change: Change) -> None:
        """Take in one change."""
        match change:
            case StoredRequest():
                self._take_request(change)
            case Grant():
                self._grants[change.id] = change
                _trim(self._grants, HISTORY, lambda grant: grant.ended_at is not None)
            case TokenInfo():
                self._tokens[change.id] = change
                _trim(self._tokens, HISTORY, lambda token: True)
            case Client():
                self._clients.pop(change.identity, None)
                self._clients[change.identity] = change
                _trim(self._clients, CLIENTS, lambda client: not client.blocked)
            case AuditEntry():
                pass

    def request(self, request_id: str) -> StoredRequest | None:
        """Return one request, open or ended not long ago."""
        return self._open.get(request_id) or self._ended.get(request_id)

    def open_requests(self) -> tuple[StoredRequest, ...]:
        """Return the requests that are not at their end, oldest first."""
        return tuple(self._open.values())

    def pending(self) -> Iterator[StoredRequest]:
        """Yield the requests that wait for a decision, oldest first."""
        return (s for s in self._open.values() if s.request.state is State.PENDING)

    def requests(self) -> tuple[Request, ...]:
        """Return all that a snapshot shows: ended ones, then open ones."""
        return tuple(s.request for s in (*self._ended.values(), *self._open.values()))

    def grant(self, grant_id: str) -> Grant | None:
        """Return one grant."""
        return self._grants.get(grant_id)

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants, oldest first."""
        return tuple(self._grants.values())

    def live_grants(self) -> tuple[Grant, ...]:
        """Return the grants that have not ended."""
        return tuple(grant for grant in self._grants.values() if grant.ended_at is None)

    def token(self, token_id: str) -> TokenInfo | None:
        """Return what is known of one token."""
        return self._tokens.get(token_id)

    def tokens(self) -> tuple[TokenInfo, ...]:
        """Return what is known of the tokens, oldest first."""
        return tuple(self._tokens.values())

    def client(self, identity: str) -> Client | None:
        """Return one client."""
        return self._clients.get(identity)

    def clients(self) -> tuple[Client, ...]:
        """Return the clients, the one seen last at the end."""
        return tuple(self._clients.values())

    def _take_request(self, stored: StoredRequest) -> None:
        if stored.request.state.final:
            self._open.pop(stored.request.id, None)
            self._ended[stored.request.id] = stored
            while len(self._ended) > HISTORY:
                self._ended.popitem(last=False)
        else:
            self._open[stored.request.id] = stored


def _trim(table: OrderedDict[str, T], limit: int, may_go: Callable[[T], bool]) -> None:
    if len(table) <= limit:
        return
    for name in [name for name, value in table.items() if may_go(value)]:
        if len(table) <= limit:
            return
        del table[name]
