"""A new request: judged, merged with an equal one or written down, and only then acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

import msgspec

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.request_messages import TokenRequest
from entraclaw_tui.model.consent import Client, Request, State
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.text import clean
from entraclaw_tui.worker import flows, policy
from entraclaw_tui.worker.core import Core, new_id
from entraclaw_tui.worker.digest import Essence
from entraclaw_tui.worker.lines import Line
from entraclaw_tui.worker.requester import Asker
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.rules import refusal
from entraclaw_tui.worker.transaction import Transaction

_NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Ask:
    """What came in, with what the system says of who sent it."""

    params: TokenRequest
    asker: Asker
    claimed_name: str
    claimed_version: str
    shows_code: bool
    essence: Essence

    @property
    def owner(self) -> str:
        """Who may collect: this process, or with `detach` every process of this identity."""
        if self.params.detach:
            return owner_by_identity(self.asker.requester.identity)
        return self.asker.process


def owner_by_identity(identity: str) -> str:
    """Return the owner text of a detached request."""
    return f"identity {identity}"


def ask_of(core: Core, line: Line, asker: Asker, params: TokenRequest) -> Ask:
    """Return the ask. Raises WireError for what this worker does not offer."""
    config = core.config
    agent = config.agent_named(params.agent)
    if agent is None:
        raise WireError(Code.NOT_FOUND, "There is no agent of this name here.")
    assertion = params.user_assertion
    scopes = tuple(sorted(set(params.scopes)))
    try:
        flows.require_offered(config, agent, params.flow)
        flows.require_fitting(params.flow, scopes, assertion=bool(assertion))
    except flows.NotOffered as error:
        raise WireError(Code.NOT_OFFERED, error.message, error.hint) from None
    except flows.WrongAsk as error:
        raise WireError(Code.INVALID_PARAMS, str(error)) from None
    essence = Essence(
        flow=params.flow,
        agent=agent.name,
        tenant=config.entra.tenant,
        account=flows.account_of(config, agent, params.flow),
        resource=params.resource,
        scopes=scopes,
        identity=asker.requester.identity,
        process=asker.process,
        assertion=hashlib.sha256(assertion.encode()).hexdigest() if assertion else "",
        claims=params.claims,
    )
    return Ask(params, asker, line.claimed_name, line.claimed_version, line.shows_code, essence)


class Filing:
    """Takes new requests one at a time, so that no two can pass the same gate together."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._turn = asyncio.Lock()

    async def file(self, ask: Ask) -> StoredRequest:
        """Return the request that stands for this ask, committed. Raises WireError."""
        async with self._turn:
            known = await self.known(ask)
            if known is not None:
                return known
            self._check(ask)
            equal = self._equal(ask)
            if equal is not None:
                return await self._core.ledger.change(lambda txn: _merge(txn, equal))
            pending = list(self._core.book.pending())
            mine = sum(stored.quota == ask.asker.quota for stored in pending)
            self._core.fatigue.check_room(mine, len(pending))
            self._core.fatigue.take(ask.asker.quota)
            rules = self._core.policy
            return await self._core.ledger.change(lambda txn: _write(txn, ask, rules))

    def _check(self, ask: Ask) -> None:
        client = self._core.book.client(ask.asker.requester.identity)
        if client is not None and client.blocked:
            raise WireError(Code.BLOCKED, "The person has blocked this client.")
        if why := refusal(ask.essence.scopes, ask.essence.resource, self._core.policy):
            raise WireError(Code.BLOCKED, why)
        self._core.fatigue.check_rest(ask.asker.quota)

    async def known(self, ask: Ask) -> StoredRequest | None:
        """Return the request that this client filed under the same key before, if any."""
        key = ask.params.idempotency_key
        if not key:
            return None
        found = await self._core.ledger.read(lambda txn: txn.request_by_key(ask.owner, key))
        if found is None:
            return None
        if essence_of(found) != ask.essence and not _same_but_process(found, ask):
            raise WireError(
                Code.INVALID_PARAMS,
                "This idempotency key stands for another request.",
                "Use a new key for each request.",
            )
        return found

    def _equal(self, ask: Ask) -> StoredRequest | None:
        for stored in self._core.book.pending():
            if (
                stored.process == ask.asker.process
                and stored.detach == ask.params.detach
                and not ask.params.idempotency_key
                and not stored.idempotency_key
                and essence_of(stored) == ask.essence
            ):
                return stored
        return None


def essence_of(stored: StoredRequest) -> Essence:
    """Return what a stored request would exchange."""
    request = stored.request
    return Essence(
        flow=request.flow,
        agent=request.agent,
        tenant=request.tenant,
        account=request.account,
        resource=request.resource,
        scopes=tuple(scope.name for scope in request.scopes),
        identity=request.requester.identity,
        process=stored.process,
        assertion=stored.assertion_digest,
        claims=stored.claims,
    )


def _same_but_process(stored: StoredRequest, ask: Ask) -> bool:
    """Whether a detached request was filed by an earlier process of the same program."""
    return stored.detach and (
        msgspec.structs.replace(essence_of(stored), process=ask.asker.process) == ask.essence
    )


def _merge(txn: Transaction, equal: StoredRequest) -> StoredRequest:
    stored = txn.request(equal.request.id)
    if stored is None or stored.request.state is not State.PENDING:
        return stored or equal
    # The revision stays: what would be allowed is the same, and a client that asks again and
    # again must not be able to keep a decision from landing.
    request = msgspec.structs.replace(stored.request, merged=stored.request.merged + 1)
    stored = msgspec.structs.replace(stored, request=request)
    txn.put_request(stored)
    return stored


def _write(txn: Transaction, ask: Ask, rules: Policy) -> StoredRequest:
    requester = ask.asker.requester
    client = txn.client(requester.identity)
    if client is not None and client.blocked:
        raise WireError(Code.BLOCKED, "The person has blocked this client.")
    # An interpreter stays a new client: what it was allowed yesterday was another program's.
    new = requester.is_interpreter or client is None or client.allowed == 0
    verdict = policy.judge(
        ask.essence.scopes,
        new_client=new,
        shows_code=ask.shows_code,
        over_ssh=ask.asker.over_ssh,
        client=(requester.identity, requester.executable),
        policy=rules,
    )
    request_id = new_id("r")
    name = clean(ask.claimed_name, _NAME_LIMIT)
    request = Request(
        id=request_id,
        digest=ask.essence.digest(request_id),
        revision=1,
        state=State.PENDING,
        tier=verdict.tier,
        proof=verdict.proof,
        flow=ask.essence.flow,
        agent=ask.essence.agent,
        tenant=ask.essence.tenant,
        account=ask.essence.account,
        resource=ask.essence.resource,
        scopes=verdict.scopes,
        claimed_name=name,
        claimed_version=clean(ask.claimed_version, _NAME_LIMIT),
        reason=clean(ask.params.reason, 500),
        requester=requester,
        new_client=new,
        remember_options=verdict.remember,
        created_at=txn.now,
        expires_at=txn.now + min(ask.params.expires_in, rules.longest_wait),
    )
    stored = StoredRequest(
        request=request,
        owner=ask.owner,
        process=ask.asker.process,
        program=ask.asker.program,
        quota=ask.asker.quota,
        idempotency_key=ask.params.idempotency_key,
        detach=ask.params.detach,
        shows_code=ask.shows_code,
        assertion_digest=ask.essence.assertion,
        claims=ask.essence.claims,
    )
    txn.put_request(stored)
    txn.put_client(
        msgspec.structs.replace(client, name=name, last_seen_at=txn.now)
        if client is not None
        else Client(requester.identity, name, requester.executable, txn.now, txn.now)
    )
    txn.audit(
        "asked",
        request_id,
        client=name,
        executable=requester.executable,
        identity=requester.identity,
        pid=str(requester.pid),
        resource=request.resource,
        scopes=" ".join(ask.essence.scopes),
        flow=request.flow,
        agent=request.agent,
        tier=str(request.tier),
    )
    return stored
