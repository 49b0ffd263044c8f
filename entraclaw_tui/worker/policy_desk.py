"""Where the person's policy is kept: sealed, counted, changed only with the PIN.

A row that somebody else changed, took away or put back is found by its seal, by the audit, which
counts how often the policy was set, and by the same count in the Keychain. Then nothing is allowed
and no grant counts: what the policy refused cannot be known any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from entraclaw_tui.ipc.control_messages import (
    PolicyPreview,
    PolicyPreviewResult,
    PolicyResult,
    PolicySet,
    PolicyTerms,
)
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model import policy as model
from entraclaw_tui.model.consent import Grant
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.worker import rules, scopes
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.grants import Grants
from entraclaw_tui.worker.transaction import Transaction

_SET = "policy_set"


class PolicyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy as it is stored."""

    policy: PolicyTerms
    revision: int
    """How often it was set, this time included."""
    set_at: float


class PolicyDesk:
    """Tells the rest of the worker (`core.policy`) what counts."""

    def __init__(self, core: Core, grants: Grants, note: Callable[[], Awaitable[None]]) -> None:
        self._core = core
        self._grants = grants
        self._note = note
        self._set_at: float | None = None

    async def load(self, noted: int) -> None:
        """Read the policy, once, at start. `noted`: how often it was set, as the Keychain knows."""
        row, there, times = await self._core.ledger.read(_read)
        if row is not None:
            self._take(row)  # of one that was put back too: its rules only make it stricter
        self._core.policy_lost = (
            (there and row is None)
            or times != (row.revision if row is not None else 0)
            or noted > times
        )
        self._core.policy_revision = times

    def result(self) -> PolicyResult:
        """Return the policy as a panel may know it."""
        core = self._core
        state: Literal["default", "set", "lost"] = "set" if core.policy_revision else "default"
        return PolicyResult(
            core.policy, core.policy_revision, "lost" if core.policy_lost else state, self._set_at
        )

    def preview(self, params: PolicyPreview) -> PolicyPreviewResult:
        """Return what setting this policy would do now. Raises WireError where it is stale."""
        if params.revision != self._core.policy_revision:
            raise _stale()
        return PolicyPreviewResult(
            tuple(grant.id for grant in self._ending(params.policy)),
            {name: scopes.describe(name).tier for name in params.policy.raised},
        )

    async def set(self, params: PolicySet, by: str) -> PolicyResult:
        """Put a policy in place and end the grants that it does not leave. Raises WireError.

        Whether the PIN was right is the caller's to find out first.
        """
        return await self._put(params.policy, params.revision, by)

    async def restore(self, by: str) -> None:
        """Begin anew with what is built in, where the policy is lost: root permitted it."""
        if self._core.policy_lost:
            await self._put(PolicyTerms(), self._core.policy_revision, by)

    async def _put(self, terms: PolicyTerms, revision: int, by: str) -> PolicyResult:
        row = await self._core.ledger.change(lambda txn: _write(txn, terms, revision, by))
        self._take(row)
        self._core.policy_lost = False
        await self._note()
        ending = [grant.id for grant in self._ending(self._core.policy)]
        await self._grants.end(ending, "revoked", by)
        return self.result()

    def _ending(self, policy: Policy) -> list[Grant]:
        return [grant for grant in self._grants.all_live() if not _fits(grant, policy)]

    def _take(self, row: PolicyRow) -> None:
        self._core.policy = msgspec.convert(row.policy, Policy, from_attributes=True)
        self._core.policy_revision = row.revision
        self._set_at = row.set_at


def _read(txn: Transaction) -> tuple[PolicyRow | None, bool, int]:
    return (*txn.policy(PolicyRow), txn.audit_count(_SET, 0.0))


def _write(txn: Transaction, terms: PolicyTerms, revision: int, by: str) -> PolicyRow:
    before, _, times = _read(txn)
    if revision != times:
        raise _stale()
    row = PolicyRow(terms, times + 1, txn.now)
    txn.put_policy(row)
    for name, old, new in model.changes(before.policy if before else Policy(), terms):
        txn.audit("policy_changed", "policy", rule=name, old=old, new=new, by=by)
    txn.audit(_SET, "policy", revision=str(row.revision), by=by)
    return row


def _stale() -> WireError:
    return WireError(Code.STALE_DIGEST, "The policy is not the one you saw.", "Look at it again.")


def _fits(grant: Grant, policy: Policy) -> bool:
    client = (grant.identity, grant.executable)
    return rules.fits(grant.scopes, grant.resource, grant.tier, grant.remember, client, policy)
