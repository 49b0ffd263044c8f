"""Several requests decided at once: each by its own compare-and-swap, all by one PIN.

A row that changed, ended or may not be allowed so is answered with why, and the others go on. One
wrong PIN counts once, and decides none. Nothing decided here is remembered.
"""

from __future__ import annotations

from entraclaw_tui.ipc.control_messages import Decided, DecideMany, DecideManyResult, Seen
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.model.consent import Request, Tier
from entraclaw_tui.worker.decisions import Decisions
from entraclaw_tui.worker.pindesk import PinDesk
from entraclaw_tui.worker.sessions import ApproverSession


class Batch:
    """Carries one decision about several requests to each of them."""

    def __init__(self, decisions: Decisions, desk: PinDesk) -> None:
        self._decisions = decisions
        self._desk = desk

    async def decide(self, session: ApproverSession, params: DecideMany) -> DecideManyResult:
        """Decide them, in their order. Raises WireError where none was decided."""
        if params.decision == "allow":
            self._decisions.require_able(session)
            if not params.proof:
                raise WireError(Code.PROOF_REQUIRED, "Allowing several at once takes the PIN.")
            await self._desk.check(params.proof, session.approver)
            self._decisions.require_able(session)
        results = []
        for seen in params.requests:
            try:
                request = await self._one(session, seen, params)
            except WireError as error:
                results.append(Decided(seen.request_id, None, str(error.code), error.message))
            else:
                results.append(Decided(seen.request_id, request.state))
        return DecideManyResult(tuple(results))

    async def _one(self, session: ApproverSession, seen: Seen, params: DecideMany) -> Request:
        decide = Decide(
            seen.request_id, seen.digest, seen.revision, params.decision, reason=params.reason
        )
        if params.decision == "deny":
            return await self._decisions.deny(decide, session.approver.words)
        stored = await self._decisions.examine(session, decide)
        if stored.request.tier is Tier.HIGH:
            raise WireError(Code.FORBIDDEN, "High is allowed alone, never with others.")
        return await self._decisions.approve(session, stored, decide)
