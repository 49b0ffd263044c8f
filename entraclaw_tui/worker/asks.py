"""The request side of the worker: ask, wait, collect, cancel. Nothing here can decide."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.request_messages import (
    TokenAwait,
    TokenAwaitResult,
    TokenRequest,
    TokenRequestResult,
    TokenResult,
)
from entraclaw_tui.model.consent import State, Tier
from entraclaw_tui.worker import keys
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.endings import Endings
from entraclaw_tui.worker.exchanging import Exchanging
from entraclaw_tui.worker.filing import Ask, Filing, ask_of, owner_by_identity
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.lines import Line
from entraclaw_tui.worker.requester import Asker
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.shelf import Shelf
from entraclaw_tui.worker.silent import Silent, SilentAsk
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction
from entraclaw_tui.worker.waiters import RESTING, Waiters
from entraclaw_tui.worker.wish import Token

_WHY_NOT = {
    State.PENDING: (Code.NOT_READY, "Nobody has decided yet."),
    State.APPROVED: (Code.NOT_READY, "It is allowed; the exchange is about to begin."),
    State.EXCHANGING: (Code.NOT_READY, "The exchange with Entra is under way."),
    State.DELIVERED: (Code.ALREADY_COLLECTED, "This token was collected already."),
    State.DENIED: (Code.DENIED, "The person said no."),
    State.EXPIRED: (Code.EXPIRED, "Nobody decided or collected it in time."),
    State.CANCELLED: (Code.CANCELLED, "The request was cancelled."),
    State.FAILED: (Code.EXCHANGE_FAILED, "Entra gave no token."),
}


class Asks:
    """Everything that `request.sock` can do."""

    def __init__(
        self,
        core: Core,
        grants: Grants,
        shelf: Shelf,
        exchanging: Exchanging,
        endings: Endings,
        silent: Silent,
        waiters: Waiters,
    ) -> None:
        self._core = core
        self._grants = grants
        self._shelf = shelf
        self._exchanging = exchanging
        self._endings = endings
        self._silent = silent
        self._waiters = waiters
        self._filing = Filing(core)
        self._holders: dict[str, set[Line]] = {}

    def request(
        self, line: Line, params: TokenRequest, asker: Asker | None
    ) -> TokenRequestResult | Awaitable[TokenRequestResult]:
        """Answer an ask: at once where the asker is known and a live grant covers it."""
        if asker is not None:
            answer = self._at_once(line, params, asker)
            if answer is not None:
                return answer
        return self._request(line, params)

    async def wait(self, line: Line, params: TokenAwait) -> TokenAwaitResult:
        """Return where a request stands when it comes to rest, or when the time is up."""
        asker = await line.asker()
        silent = self._silent.find(params.request_id, asker.process)
        stored = None if silent else self._mine(line, asker, params.request_id)
        state = silent.state if silent else _state(stored)
        if state not in RESTING and params.wait_ms:
            await self._waiters.wait(params.request_id, params.wait_ms / 1000.0)
        if silent is not None:
            return TokenAwaitResult(
                silent.id,
                silent.state,
                silent.code or None,
                silent.text or None,
                silent.claims or None,
            )
        request = self._mine(line, asker, params.request_id).request
        return TokenAwaitResult(
            request.id,
            request.state,
            request.outcome_code or None,
            request.outcome_text or None,
            request.outcome_claims or None,
        )

    def collect(
        self, line: Line, request_id: str, asker: Asker | None
    ) -> TokenResult | Awaitable[TokenResult]:
        """Hand out a token, once, to who asked for it."""
        if asker is not None:
            silent = self._silent.find(request_id, asker.process)
            if silent is not None:
                return self._collect_silent(line, silent)
        return self._collect(line, request_id)

    async def cancel(self, line: Line, request_id: str) -> State:
        """The client wants it no longer. Returns the state now."""
        asker = await line.asker()
        silent = self._silent.find(request_id, asker.process)
        if silent is not None:
            self._silent.cancel(silent)
            return silent.state
        stored = self._mine(line, asker, request_id)
        if not stored.request.state.final:
            await self._endings.cancel([request_id], "cancelled", "The client cancelled it.")
        return self._core.stored(request_id).request.state

    def left(self, line: Line, *, gone: bool) -> None:
        """A client's connection ended; `gone` where its process did too."""
        for request_id in [r for r, lines in self._holders.items() if line in lines]:
            lines = self._holders[request_id]
            lines.discard(line)
            if not lines:
                del self._holders[request_id]
                self._endings.abandoned(request_id, gone=gone)
        if gone:
            self._silent.process_gone(line.peer.process)

    # -- inside -------------------------------------------------------------------------------

    def _at_once(self, line: Line, params: TokenRequest, asker: Asker) -> TokenRequestResult | None:
        """Answer by a live grant, without the disk. None where that cannot be."""
        if self._core.ledger.trouble or params.idempotency_key:
            return None
        self._core.require_running()
        ask = ask_of(self._core, line, asker, params)
        return self._by_grant(line, ask)

    async def _request(self, line: Line, params: TokenRequest) -> TokenRequestResult:
        self._core.require_running()
        asker = await line.asker()
        ask = ask_of(self._core, line, asker, params)
        _require_same(line)
        if self._core.ledger.trouble:  # nothing silent while nothing can be written down
            await self._core.ledger.change(lambda txn: txn.put_meta("probe", ""))
        stored = await self._filing.known(ask)
        if stored is None:
            answer = self._by_grant(line, ask)
            if answer is not None:
                return answer
            stored = await self._filing.file(ask)
        self._hold(line, stored)
        if params.user_assertion and not stored.request.state.final:
            self._exchanging.assertions[stored.request.id] = params.user_assertion
        request = stored.request
        code = None
        if stored.shows_code and request.state is State.PENDING:
            code = keys.match_code(self._core.keys, request.id)
        return TokenRequestResult(
            request.id, request.state, request.tier, int(request.expires_at), code
        )

    def _by_grant(self, line: Line, ask: Ask) -> TokenRequestResult | None:
        """Answer by a live grant, in this turn of the loop: who asks is looked at once more."""
        essence = ask.essence
        grant = self._grants.find(
            (
                essence.identity,
                essence.flow,
                essence.agent,
                essence.tenant,
                essence.account,
                essence.resource,
                essence.scopes,
            )
        )
        if grant is None:
            return None
        client = self._core.book.client(essence.identity)
        if client is not None and client.blocked:
            raise WireError(Code.BLOCKED, "The person has blocked this client.")
        self._core.require_running()
        _require_same(line)
        claims = ask.essence.claims
        if claims and not self._exchanging.under_way(grant, claims):
            # No token that is there answers a challenge: Entra is asked, so it counts as an ask.
            self._core.fatigue.take(ask.asker.quota)
        silent = self._silent.open(grant, ask.asker.process, ask.params.user_assertion, claims)
        token = self._silent.collect(silent) if ask.params.collect else None
        return TokenRequestResult(
            silent.id,
            silent.state,
            Tier(grant.tier),
            int(grant.expires_at),
            token=None if token is None else _result(token),
        )

    def _mine(self, line: Line, asker: Asker, request_id: str) -> StoredRequest:
        """Return a request of this client. To all others it does not exist."""
        stored = self._core.stored(request_id)
        owner = asker.process
        if stored.detach:
            owner = owner_by_identity(asker.requester.identity)
        if stored.owner != owner:
            raise WireError(Code.NOT_FOUND, "There is no such request.")
        self._hold(line, stored)
        return stored

    def _hold(self, line: Line, stored: StoredRequest) -> None:
        if not stored.request.state.final:
            self._holders.setdefault(stored.request.id, set()).add(line)
            self._endings.held(stored.request.id)

    def _collect_silent(self, line: Line, silent: SilentAsk) -> TokenResult:
        self._core.require_running()
        _require_same(line)
        if silent.state is not State.READY:
            raise _why_not(silent.state, silent.code, silent.text)
        token = self._silent.collect(silent)
        if token is None:
            raise _why_not(State.DELIVERED, "", "")
        return _result(token)

    async def _collect(self, line: Line, request_id: str) -> TokenResult:
        self._core.require_running()
        asker = await line.asker()
        silent = self._silent.find(request_id, asker.process)
        if silent is not None:
            return self._collect_silent(line, silent)
        stored = self._mine(line, asker, request_id)
        if stored.request.state is not State.READY:
            raise _why_not(
                stored.request.state, stored.request.outcome_code, stored.request.outcome_text
            )
        if not line.unchanged():
            await self._endings.cancel(
                [request_id], "client_changed", "The program that asked became another one."
            )
            raise WireError(Code.CANCELLED, "The program that asked became another one.")
        # Delivered is committed first: after a crash here it is lost rather than given twice.
        await self._core.ledger.change(lambda txn: _deliver(txn, request_id))
        token = self._shelf.take(request_id)
        if token is None:
            raise WireError(Code.EXPIRED, "The token is no longer here.", "Ask again.")
        return _result(token)


def _state(stored: StoredRequest | None) -> State:
    return stored.request.state if stored is not None else State.CANCELLED


def _require_same(line: Line) -> None:
    if not line.unchanged():
        raise WireError(Code.FORBIDDEN, "The program at this connection has changed.")


def _why_not(state: State, code: str, text: str) -> WireError:
    word, sentence = _WHY_NOT[state]
    if state is State.FAILED and code:
        return WireError(word, f"{sentence} ({code}) {text}".strip())
    return WireError(word, text if state.final and text else sentence)


def _deliver(txn: Transaction, request_id: str) -> None:
    stored = txn.request(request_id)
    if stored is None or stored.request.state is not State.READY:
        state = stored.request.state if stored is not None else State.CANCELLED
        raise _why_not(state, "", "")
    request = move(stored.request, State.DELIVERED)
    txn.put_request(msgspec.structs.replace(stored, request=request))
    txn.audit(
        "delivered",
        request_id,
        client=request.claimed_name,
        resource=request.resource,
        pid=str(request.requester.pid),
    )


def _result(token: Token) -> TokenResult:
    return TokenResult(token.access_token, token.token_type, int(token.expires_at), token.scopes)
