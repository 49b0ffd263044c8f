"""How much a request could do, what allowing it takes, and how long it may be remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from entraclaw_tui.model.consent import Proof, Remember, Scope, Tier
from entraclaw_tui.model.policy import Policy
from entraclaw_tui.worker import rules, scopes

REMEMBER_SECONDS: Final[dict[Remember, float]] = {
    Remember.QUARTER: 15 * 60.0,
    Remember.HOUR: 60 * 60.0,
    Remember.UNTIL_LOCK: 12 * 60 * 60.0,
}
"""Seconds that a remembered decision lives at most."""

FLOOR: Final = Policy()
"""What is built in, with nothing added."""

LONG_LIVED: Final = 15 * 60.0
"""Seconds beyond which a grant's token also goes to the Keychain, to outlive the worker."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of one request."""

    scopes: tuple[Scope, ...]
    tier: Tier
    proof: Proof
    remember: tuple[Remember, ...]


def judge(
    names: tuple[str, ...],
    *,
    new_client: bool,
    shows_code: bool,
    over_ssh: bool,
    client: tuple[str, ...] = (),
    policy: Policy = FLOOR,
) -> Verdict:
    """Return the verdict on a request for these permissions.

    The tier is that of the strongest permission, one higher for a client never seen before. The
    person's policy can raise it and shorten what is remembered; `client` is what its rules may
    name: identity and executable.
    """
    described = tuple(rules.lifted(scopes.describe(name), policy) for name in names)
    tier = max((scope.tier for scope in described), key=lambda t: t.rank, default=Tier.HIGH)
    if new_client:
        tier = tier.raised()
    options = rules.shortened(_remember(tier, over_ssh), names, client, policy)
    return Verdict(described, tier, proof_of(tier, shows_code), options)


def proof_of(tier: Tier, shows_code: bool) -> Proof:
    """Return what allowing takes where nothing can type into the terminal."""
    if tier is Tier.LOW:
        return Proof.KEY
    if tier is Tier.MEDIUM and shows_code:
        return Proof.CODE
    return Proof.PIN


def proof_here(proof: Proof, *, injectable: bool) -> Proof:
    """Return what allowing takes in this terminal: where keys can be injected, always the PIN."""
    return Proof.PIN if injectable else proof


def _remember(tier: Tier, over_ssh: bool) -> tuple[Remember, ...]:
    if tier is Tier.HIGH:
        return (Remember.ONCE,)
    options = (Remember.ONCE, Remember.QUARTER, Remember.HOUR)
    return options if over_ssh else (*options, Remember.UNTIL_LOCK)
