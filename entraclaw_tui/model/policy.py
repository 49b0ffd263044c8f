"""The person's own rules. They tighten what is built in; none of them can loosen it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from entraclaw_tui.model.consent import Remember, Tier

MOST = 40
"""Entries that one list may have: the longest policy fits into one line of the wire."""

ScopeRule = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:/~-]{1,256}$(?!\n)")]
"""A permission (`Mail.Send`), in any spelling of its resource and in either case."""
ResourceRule = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,256}$(?!\n)")]
"""A resource (`https://graph.microsoft.com`): its host counts, else the whole text."""
ClientRule = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
"""A client's identity, or the path of its executable."""


class Policy(msgspec.Struct, frozen=True):
    """What a person has tightened; the default adds nothing to what is built in."""

    raised: Annotated[dict[ScopeRule, Tier], msgspec.Meta(max_length=MOST)] = {}
    """Permissions that count as this tier at least."""
    refused_scopes: Annotated[tuple[ScopeRule, ...], msgspec.Meta(max_length=MOST)] = ()
    """Permissions that nobody is asked about: the client hears no."""
    refused_resources: Annotated[tuple[ResourceRule, ...], msgspec.Meta(max_length=MOST)] = ()
    once_scopes: Annotated[tuple[ScopeRule, ...], msgspec.Meta(max_length=MOST)] = ()
    """Permissions for which a yes is never remembered."""
    once_clients: Annotated[tuple[ClientRule, ...], msgspec.Meta(max_length=MOST)] = ()
    longest_remember: Remember = Remember.UNTIL_LOCK
    longest_wait: Annotated[int, msgspec.Meta(ge=10, le=300)] = 300
    """Seconds that a request waits at most, whatever its client wants."""
    notice: bool = True
    """Where no panel is open, a notification says that a request waits."""
    dialog: bool = False
    """A dialog in place of the notification. It can deny, never allow."""


def lines(policy: Policy) -> dict[str, str]:
    """Return the policy as named texts, one a rule: what the audit compares and a person reads."""
    found = {f"tier of {name}": f"{tier} at least" for name, tier in policy.raised.items()}
    found |= {f"scope {name}": "refused" for name in policy.refused_scopes}
    found |= {f"resource {name}": "refused" for name in policy.refused_resources}
    found |= {f"remembering {name}": "never" for name in policy.once_scopes}
    found |= {f"remembering for {name}": "never" for name in policy.once_clients}
    found["longest remembered"] = str(policy.longest_remember)
    found["longest wait"] = f"{policy.longest_wait} s"
    found["notification"] = "on" if policy.notice else "off"
    found["dialog"] = "on" if policy.dialog else "off"
    return found


def changes(old: Policy, new: Policy) -> list[tuple[str, str, str]]:
    """Return what differs: the rule's name, how it was and how it is; empty where it was not."""
    before, after = lines(old), lines(new)
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name) != after.get(name)
    ]
