"""Messages of `control.sock` about the policy, and about several requests at once."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from entraclaw_tui.ipc.messages import Id, Params, Reason, Secret
from entraclaw_tui.model.consent import State, Tier
from entraclaw_tui.model.policy import Policy

BATCH = 100
"""Requests that one decision may be about: its answer has to fit into one line."""


class PolicyTerms(Policy, frozen=True, forbid_unknown_fields=True):
    """A policy as it is set: closed, so that a rule of a newer version is never dropped unsaid."""


class PolicySet(Params, frozen=True):
    """Put a whole policy in place of the one of `revision`. Takes the PIN each time."""

    policy: PolicyTerms
    revision: int
    proof: Secret

    def __repr__(self) -> str:
        return f"PolicySet({self.policy!r})"


class PolicyResult(msgspec.Struct, frozen=True):
    """The policy that counts. `lost`: somebody else changed it, and nothing can be allowed."""

    policy: Policy
    revision: int
    state: Literal["default", "set", "lost"]
    set_at: float | None = None


class PolicyPreview(Params, frozen=True):
    """What putting this policy in place of the one of `revision` would do. Changes nothing."""

    policy: PolicyTerms
    revision: int


class PolicyPreviewResult(msgspec.Struct, frozen=True):
    """What it would do now, and what its permissions are without it."""

    ending: tuple[str, ...]
    """Ids of the live grants that it would end."""
    tiers: dict[str, Tier]
    """The tier that is built in, of each permission in `raised`."""


class Seen(Params, frozen=True):
    """A request as it was seen."""

    request_id: Id
    digest: Annotated[str, msgspec.Meta(max_length=128)]
    revision: int


class DecideMany(Params, frozen=True):
    """Decide several requests, each as it was seen. Allowing takes the PIN, once for all.

    High ones cannot be allowed so, and nothing is remembered.
    """

    requests: Annotated[tuple[Seen, ...], msgspec.Meta(min_length=1, max_length=BATCH)]
    decision: Literal["allow", "deny"]
    proof: Secret = ""
    reason: Reason = ""
    """For a denial: told to the clients."""

    def __repr__(self) -> str:
        return f"DecideMany({self.decision} {len(self.requests)})"


class Decided(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one of them: its state, or why not (`code` and `message`)."""

    request_id: str
    state: State | None = None
    code: str = ""
    message: str = ""


class DecideManyResult(msgspec.Struct, frozen=True):
    """One answer a request, in the order of the call."""

    results: tuple[Decided, ...]
