"""What a permission means and how much it could do: our words, never the client's."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

import msgspec

from entraclaw_tui.model.consent import Scope, Tier

_HIGH = re.compile(
    r"""(?xi)
        (^|[./])default$ | \.all$ | readwrite | write | \bsend | delete | create | manage
      | fullcontrol | accessasuser | impersonation | offline_access | directory | rolemanagement
      | privileged | command | export | admin | secret | password | credential | policy
    """
)
_UNKNOWN = "Not in our list: judge it by its name"
_WHOLE = "Everything that the agent was ever allowed on this service"
_GRAPH = ("https://graph.microsoft.com/", "https://graph.microsoft.us/")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tier: Tier
    meaning: str
    admin: bool = False


class _Catalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scopes: dict[str, _Entry]


def describe(name: str) -> Scope:
    """Return the permission with its meaning and tier. One we do not know is never low."""
    short = name
    for prefix in _GRAPH:
        short = short.removeprefix(prefix)
    entry = _catalog().get(short.lower())
    if entry is not None:
        return Scope(name, entry.tier, entry.meaning, True, entry.admin)
    if short.lower() in (".default", "default") or short.lower().endswith("/.default"):
        return Scope(name, Tier.HIGH, _WHOLE, True, False)
    tier = Tier.HIGH if reaches_far(short) else Tier.MEDIUM
    return Scope(name, tier, _UNKNOWN, False, False)


def reaches_far(name: str) -> bool:
    """Whether a permission's form says that it writes, reaches everybody, or lasts."""
    return _HIGH.search(name) is not None


@functools.cache
def _catalog() -> dict[str, _Entry]:
    text = resources.files("entraclaw_tui.worker").joinpath("scopes.toml").read_text("utf-8")
    catalog = msgspec.convert(tomllib.loads(text), _Catalog)
    # Entra compares scopes without regard to case.
    return {name.lower(): entry for name, entry in catalog.scopes.items()}
