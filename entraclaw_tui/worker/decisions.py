"""The decision: a compare-and-swap in one transaction, on what the person has seen."""

from __future__ import annotations

import asyncio
import hmac
from typing import Final

import msgspec

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import Grant, Proof, Remember, Request, State
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.text import clean
from entraclaw_tui.worker import keys, pin, policy
from entraclaw_tui.worker.approver import relation
from entraclaw_tui.worker.core import Core, new_id
from entraclaw_tui.worker.endings import Endings, still_runs
from entraclaw_tui.worker.exchanging import Exchanging
from entraclaw_tui.worker.filing import essence_of
from entraclaw_tui.worker.pindesk import PinDesk
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.rules import fits
from entraclaw_tui.worker.sessions import ApproverSession
from entraclaw_tui.worker.states import move
from entraclaw_tui.worker.transaction import Transaction

WRONG_CODES: Final = 3
"""Wrong digits after which a request is denied."""


class Decisions:
    """Takes the decisions of all panels; the first one counts."""

    def __init__(self, core: Core, exchanging: Exchanging, endings: Endings, desk: PinDesk) -> None:
        self._core = core
        self._exchanging = exchanging
        self._endings = endings
        self._desk = desk

    async def decide(self, session: ApproverSession, params: Decide) -> Request:
        """Decide one request and return it as it stands then. Raises WireError."""
        if params.decision == "deny":
            return await self.deny(params, session.approver.words)
        return await self._allow(session, params)

    async def deny(self, params: Decide, by: str) -> Request:
        """Deny one request; `by` says who, for the audit. Raises WireError."""
        stored = await self._core.ledger.change(lambda txn: _deny(txn, params, by))
        await self._endings.refused(stored)
        return stored.request

    async def _allow(self, session: ApproverSession, params: Decide) -> Request:
        self.require_able(session)
        seen = await self.examine(session, params)
        await self._prove(session, seen, params)
        return await self.approve(session, seen, params)

    def require_able(self, session: ApproverSession) -> None:
        """Return where somebody may allow from here now. Raises WireError."""
        session.require_unlocked()
        self._desk.require_pin()
        self._core.require_policy()
        self._core.require_running()

    async def examine(self, session: ApproverSession, params: Decide) -> StoredRequest:
        """Return the request where nothing but the proof stands against it. Raises WireError."""
        seen = self._core.stored(params.request_id)
        _require_pending(seen, params)
        if self._endings.over(seen):
            raise WireError(Code.EXPIRED, "Its time is up.")
        if params.remember not in seen.request.remember_options:
            raise WireError(Code.INVALID_PARAMS, "This cannot be remembered so long.")
        if params.remember is Remember.UNTIL_LOCK and session.approver.over_ssh:
            raise WireError(
                Code.INVALID_PARAMS,
                "Over SSH nothing is remembered until the screen locks.",
                "Take an hour, or once.",
            )
        if why := relation(session.approver, seen.request.requester.pid):
            raise WireError(Code.FORBIDDEN, why)
        if not _still_fits(seen.request, params.remember, self._core.policy):
            raise WireError(
                Code.FORBIDDEN,
                "The policy has become stricter since this was asked.",
                "Deny it, and let the program ask again.",
            )
        await self._require_there(seen)
        return seen

    async def approve(
        self, session: ApproverSession, seen: StoredRequest, params: Decide
    ) -> Request:
        """Allow what was examined and proven. Raises WireError where it changed meanwhile."""
        self.require_able(session)  # checking a PIN takes a moment
        session.touch()
        grant_id = new_id("g") if params.remember is not Remember.ONCE else ""
        words = session.approver.words
        stored = await self._core.ledger.change(
            lambda txn: _approve(txn, params, words, grant_id, self._endings.over(seen))
        )
        self._core.fatigue.allowed(stored.quota)
        self._exchanging.start(stored.request.id)
        return stored.request

    async def _require_there(self, stored: StoredRequest) -> None:
        if stored.detach:
            return
        if not await asyncio.to_thread(still_runs, stored):
            await self._endings.cancel(
                [stored.request.id],
                "client_changed",
                "The program that asked is gone, or became another one.",
            )
            raise WireError(Code.CANCELLED, "The program that asked is gone.")

    async def _prove(self, session: ApproverSession, stored: StoredRequest, params: Decide) -> None:
        injectable = bool(session.approver.injectable_by)
        needed = policy.proof_here(stored.request.proof, injectable=injectable)
        if needed is Proof.KEY:
            return
        if not params.proof:
            what = "the PIN" if needed is Proof.PIN else "the two digits that the client shows"
            raise WireError(Code.PROOF_REQUIRED, f"Allowing this takes {what}.")
        if needed is Proof.PIN or len(params.proof) >= pin.DIGITS_AT_LEAST:
            # The PIN proves more than the digits, so it may stand for them.
            await self._desk.check(params.proof, session.approver)
            return
        right = keys.match_code(self._core.keys, stored.request.id)
        if hmac.compare_digest(params.proof.encode(), right.encode()):
            return
        words = session.approver.words
        after = await self._core.ledger.change(lambda txn: _wrong_code(txn, params, words))
        if after.request.state is State.DENIED:
            await self._endings.refused(after)
            raise WireError(Code.WRONG_CODE, "Wrong digits, three times: the request is denied.")
        left = WRONG_CODES - after.wrong_codes
        raise WireError(
            Code.WRONG_CODE, "These are not the digits that the client shows.", f"{left} left."
        )


def _require_pending(stored: StoredRequest, params: Decide) -> None:
    request = stored.request
    if request.state is not State.PENDING:
        raise _decided(request)
    essence = essence_of(stored)
    if not (
        hmac.compare_digest(params.digest.encode(), request.digest.encode())
        and params.revision == request.revision
        and essence.digest(request.id) == request.digest
    ):
        raise WireError(
            Code.STALE_DIGEST, "The request is not the one you saw.", "Look at it again."
        )


def _still_fits(request: Request, remember: Remember, rules: Policy) -> bool:
    requester = request.requester
    names = tuple(scope.name for scope in request.scopes)
    client = (requester.identity, requester.executable)
    return fits(names, request.resource, request.tier, remember, client, rules)


def _decided(request: Request) -> WireError:
    if request.decision:
        verb = "allowed" if request.decision == "allow" else "denied"
        return WireError(
            Code.ALREADY_DECIDED, f"Already {verb} by {request.decided_by or 'somebody'}."
        )
    if request.state is State.EXPIRED:
        return WireError(Code.EXPIRED, "Its time is up.")
    return WireError(Code.CANCELLED, request.outcome_text or "The request was cancelled.")


def _load(txn: Transaction, params: Decide) -> StoredRequest:
    stored = txn.request(params.request_id)
    if stored is None:
        raise WireError(Code.NOT_FOUND, "There is no such request.")
    _require_pending(stored, params)
    return stored


def _approve(txn: Transaction, params: Decide, by: str, grant_id: str, over: bool) -> StoredRequest:
    stored = _load(txn, params)
    if over or txn.now >= stored.request.expires_at:
        raise WireError(Code.EXPIRED, "Its time is up.")
    identity = stored.request.requester.identity
    client = txn.client(identity)
    if client is None or client.blocked:
        raise WireError(Code.BLOCKED, "This client is blocked.")
    request = msgspec.structs.replace(
        move(stored.request, State.APPROVED),
        decided_at=txn.now,
        decision="allow",
        decided_by=by,
        remember=params.remember,
    )
    stored = msgspec.structs.replace(stored, request=request, grant_id=grant_id)
    txn.put_request(stored)
    if grant_id:
        txn.put_grant(_grant(request, grant_id, txn.now))
    txn.put_client(msgspec.structs.replace(client, allowed=client.allowed + 1, resting_until=None))
    txn.audit(
        "allowed",
        request.id,
        client=request.claimed_name,
        resource=request.resource,
        scopes=" ".join(scope.name for scope in request.scopes),
        remember=str(params.remember),
        grant=grant_id,
        digest=request.digest,
        by=by,
    )
    return stored


def _grant(request: Request, grant_id: str, now: float) -> Grant:
    return Grant(
        id=grant_id,
        identity=request.requester.identity,
        client_name=request.claimed_name,
        executable=request.requester.executable,
        agent=request.agent,
        tenant=request.tenant,
        account=request.account,
        resource=request.resource,
        scopes=tuple(scope.name for scope in request.scopes),
        tier=request.tier,
        remember=request.remember,
        created_at=now,
        expires_at=now + policy.REMEMBER_SECONDS[request.remember],
        flow=request.flow,
    )


def _deny(txn: Transaction, params: Decide, by: str) -> StoredRequest:
    return deny_in(txn, _load(txn, params), by, params.reason)


def deny_in(txn: Transaction, stored: StoredRequest, by: str, reason: str) -> StoredRequest:
    """Deny a pending request in a transaction and return it."""
    text = clean(reason, 500) or "The person said no."
    request = msgspec.structs.replace(
        move(stored.request, State.DENIED, code="denied", text=text),
        decided_at=txn.now,
        decision="deny",
        decided_by=by,
    )
    stored = msgspec.structs.replace(stored, request=request)
    txn.put_request(stored)
    client = txn.client(request.requester.identity)
    if client is not None:
        txn.put_client(msgspec.structs.replace(client, denied=client.denied + 1))
    txn.audit(
        "denied",
        request.id,
        client=request.claimed_name,
        resource=request.resource,
        why=clean(reason, 500),
        by=by,
    )
    return stored


def _wrong_code(txn: Transaction, params: Decide, by: str) -> StoredRequest:
    stored = _load(txn, params)
    stored = msgspec.structs.replace(stored, wrong_codes=stored.wrong_codes + 1)
    txn.audit("wrong_code", stored.request.id, by=by)
    if stored.wrong_codes >= WRONG_CODES:
        return deny_in(txn, stored, by, "Wrong digits were given three times.")
    txn.put_request(stored)
    return stored
