"""What the person's policy says of one request. Pure; every rule can only make it stricter.

A rule for `Mail.Send` meets every spelling of it (`https://graph.microsoft.com/mail.send`): a rule
that meets too much asks for one proof too many, one that meets too little lets something through.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from entraclaw_tui.model.consent import Remember, Scope, Tier
from entraclaw_tui.model.policy import Policy

_WHOLE = frozenset({"default", ".default"})
_ALSO_CALLED = {
    "00000003-0000-0000-c000-000000000000": "graph.microsoft.com",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013": "management.azure.com",
    "management.core.windows.net": "management.azure.com",
    "cfa8b339-82a2-471a-a3c9-0fc0be7a4093": "vault.azure.net",
    "00000002-0000-0ff1-ce00-000000000000": "outlook.office365.com",
    "outlook.office.com": "outlook.office365.com",
}
"""Other names that Entra takes for Microsoft's own services (their application ids, for one)."""


def names_it(rule: str, scope: str) -> bool:
    """Return whether a rule's permission is the one of this name."""
    return _last(rule.lower()) == _last(scope.lower())


def refusal(names: Iterable[str], resource: str, policy: Policy) -> str:
    """Return why the policy does not even let this be asked, in a sentence; else empty."""
    asked = tuple(names)
    for place in (resource, *(name.rpartition("/")[0] for name in asked)):
        if place and any(_same_place(rule, place) for rule in policy.refused_resources):
            return "The person's policy refuses this resource."
    for name in asked:
        if any(names_it(rule, name) for rule in policy.refused_scopes):
            return "The person's policy refuses one of these permissions."
        if policy.refused_scopes and _last(name.lower()) in _WHOLE:
            return "The person's policy refuses some permissions, and .default would hold them."
    return ""


def lifted(scope: Scope, policy: Policy) -> Scope:
    """Return a permission with the tier that the policy gives it, never a lower one."""
    tiers = [tier for rule, tier in policy.raised.items() if names_it(rule, scope.name)]
    tier = max([scope.tier, *tiers], key=lambda each: each.rank)
    return scope if tier is scope.tier else msgspec.structs.replace(scope, tier=tier)


def shortened(
    options: tuple[Remember, ...],
    names: Iterable[str],
    client: Iterable[str],
    policy: Policy,
) -> tuple[Remember, ...]:
    """Return those of `options` that the policy leaves; `client` is identity and executable."""
    ranks = list(Remember)
    longest = policy.longest_remember
    if any(names_it(rule, name) for name in names for rule in policy.once_scopes):
        longest = Remember.ONCE
    if set(client) & set(policy.once_clients):
        longest = Remember.ONCE
    return tuple(each for each in options if ranks.index(each) <= ranks.index(longest))


def fits(
    names: tuple[str, ...],
    resource: str,
    tier: Tier,
    remember: Remember,
    client: tuple[str, ...],
    policy: Policy,
) -> bool:
    """Return whether the policy still allows what was judged under an earlier one."""
    low = (Scope(name, Tier.LOW, "") for name in names)
    return (
        not refusal(names, resource, policy)
        and all(lifted(scope, policy).tier.rank <= tier.rank for scope in low)
        and shortened((remember,), names, client, policy) == (remember,)
    )


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2]


def _same_place(rule: str, resource: str) -> bool:
    return _place(rule) == _place(resource)


def _place(resource: str) -> str:
    """Return the host of an address, in lower case; else the whole text. One name a service."""
    bare = resource.lower().rstrip("/")
    try:
        host = urlsplit(bare).hostname
    except ValueError:
        host = None
    found = (host or bare).rstrip(".")
    return _ALSO_CALLED.get(found, found)
