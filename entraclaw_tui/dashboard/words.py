"""Short names for long things: what a request wants, which program asks, which resource."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from entraclaw_tui.dashboard.lines import Piece, Tone
from entraclaw_tui.model.consent import Tier
from entraclaw_tui.text import Shown, clean

_RESOURCES = {
    "https://graph.microsoft.com": "Graph",
    "https://management.azure.com": "Azure",
    "https://vault.azure.net": "Key Vault",
    "https://outlook.office365.com": "Exchange",
}
_TIERS = {Tier.LOW: Tone.GOOD, Tier.MEDIUM: Tone.LOOK, Tier.HIGH: Tone.BAD}
_SIGNED = {
    "valid": ("valid", Tone.GOOD),
    "adhoc": ("ad hoc", Tone.LOOK),
    "unsigned": ("unsigned", Tone.BAD),
    "broken": ("broken", Tone.BAD),
}
_FLOWS = {
    "obo": "the application, for you",
    "agent_obo": "the agent itself, for you",
    "agent_user": "the agent's own account",
    "app": "the agent as itself, for no person",
}


def tier(value: Tier) -> Piece:
    """Return a tier as a word; high shouts."""
    word = value.value.upper() if value is Tier.HIGH else value.value
    return Piece(Shown(word), _TIERS[value])


def signed(status: str) -> Piece:
    """Return in a word what a program's signature is worth."""
    word, tone = _SIGNED.get(status, (status, Tone.LOOK))
    return Piece(clean(word, 40), tone)


def flow(name: str) -> Shown:
    """Return a flow by its name, and as whom it acts."""
    return clean(f"{name}: {_FLOWS[name]}" if name in _FLOWS else name, 60)


def scopes(names: Sequence[str]) -> Shown:
    """Return the first scope and how many more there are."""
    if not names:
        return Shown("nothing")
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return Shown(clean(names[0], 60) + more)


def program(path: str) -> Shown:
    """Return a program's own name, from the path that the system gave."""
    return clean(path.rstrip("/").rpartition("/")[2] or path or "unknown", 60)


def resource(address: str) -> Shown:
    """Return a resource's usual name, or its host."""
    bare = address.rstrip("/")
    if bare in _RESOURCES:
        return Shown(_RESOURCES[bare])
    try:
        host = urlsplit(bare).hostname
    except ValueError:
        host = None
    return clean(host or bare.removeprefix("api://"), 60)


def memory(size: int) -> Shown:
    """Return a size in steps coarse enough to hold still: 4 MB."""
    megabytes = size / 1_000_000
    step = 4 if megabytes < 400 else 50
    return Shown(f"{max(step, round(megabytes / step) * step)} MB")


def count(number: int, one: str, many: str = "") -> Shown:
    """Return a number with its noun: `1 item`, `3 items`."""
    return Shown(f"{number} {one if number == 1 else many or one + 's'}")
