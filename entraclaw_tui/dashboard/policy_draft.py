"""A policy as a person changes it, before anything is saved. Pure.

What is stored and what is wished stand beside each other, so that nothing is changed unsaid.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import msgspec

from entraclaw_tui.model import policy as model
from entraclaw_tui.model.consent import Remember, Tier
from entraclaw_tui.model.policy import MOST, Policy

T = TypeVar("T")

BUILT_IN = Policy()
_WAITS = (300, 240, 180, 120, 90, 60, 30, 10)
"""Seconds that can be chosen as the longest wait."""
_WORDS = {
    Remember.ONCE.value: "once only",
    Remember.QUARTER.value: "15 minutes",
    Remember.HOUR.value: "1 hour",
    Remember.UNTIL_LOCK.value: "until lock",
}
_MEANING = {
    "longest remembered": "A yes is remembered no longer than this.",
    "longest wait": "A request ends after this, whatever its program wants.",
    "notification": "Where no panel is open, macOS shows that a request waits.",
    "dialog": "A dialog in place of the notification. It can deny, never allow.",
}


class Kind(Enum):
    """What a rule about one thing does; its value is how the sheet asks for it."""

    REFUSE_SCOPE = "refuse a permission"
    REFUSE_RESOURCE = "refuse a resource"
    MEDIUM = "a permission is medium at least"
    HIGH = "a permission is high at least"
    ONCE_SCOPE = "never remember a permission"
    ONCE_CLIENT = "never remember a program"


_OF_SCOPES = frozenset({Kind.REFUSE_SCOPE, Kind.MEDIUM, Kind.HIGH, Kind.ONCE_SCOPE})
_LISTS = {
    "scope ": "refused_scopes",
    "resource ": "refused_resources",
    "remembering for ": "once_clients",
    "remembering ": "once_scopes",
}
_FIELDS = {
    "longest remembered": "longest_remember",
    "longest wait": "longest_wait",
    "notification": "notice",
    "dialog": "dialog",
}
_TIER = "tier of "


class Rule(msgspec.Struct, frozen=True):
    """One rule as the sheet lists it."""

    name: str
    value: str
    """How it is wished; empty where it is to go."""
    stored: str
    """How it is stored; empty where it is new."""
    built_in: str
    """How it is without a policy; empty where there is no such rule."""
    meaning: str = ""

    @property
    def title(self) -> str:
        """The rule's name as a person reads it."""
        return titled(self.name)

    @property
    def changed(self) -> bool:
        """Whether saving would change it."""
        return self.value != self.stored


def titled(name: str) -> str:
    """Return a rule's name as a person reads it."""
    return f"permission {name.removeprefix('scope ')}" if name.startswith("scope ") else name


def worded(value: str) -> str:
    """Return a rule's value as a person reads it."""
    return _WORDS.get(value, value)


class RuleTrouble(Exception):
    """A rule cannot be added. The message says why, to a person."""


def rules(stored: Policy, wished: Policy) -> tuple[Rule, ...]:
    """Return every rule: the four that always are first, then those about one thing."""
    before, after, plain = model.lines(stored), model.lines(wished), model.lines(BUILT_IN)
    names = [*plain, *(n for n in (*before, *after) if n not in plain)]
    return tuple(
        Rule(
            name,
            after.get(name, ""),
            before.get(name, ""),
            plain.get(name, ""),
            _MEANING.get(name, _about(name)),
        )
        for name in dict.fromkeys(names)
    )


def stepped(wished: Policy, name: str, by: int) -> Policy:
    """Return the policy with one of the four rules at its next value, the first after the last.

    Other rules have none.
    """
    change: dict[str, object] = {}
    match name:
        case "longest remembered":
            change["longest_remember"] = _next(tuple(Remember), wished.longest_remember, by)
        case "longest wait":
            nearest = min(_WAITS, key=lambda each: abs(each - wished.longest_wait))
            change["longest_wait"] = _next(_WAITS, nearest, by)
        case "notification":
            change["notice"] = not wished.notice
        case "dialog":
            change["dialog"] = not wished.dialog
    return msgspec.structs.replace(wished, **change)


def put_back(stored: Policy, wished: Policy, name: str) -> Policy:
    """Return the policy with this rule as it is built in; where it is, as it is stored."""
    built_in = model.lines(BUILT_IN).get(name)
    there = model.lines(wished).get(name) != built_in
    return _with(wished, BUILT_IN if there else stored, name)


def added(wished: Policy, kind: Kind, text: str) -> Policy:
    """Return the policy with one more rule. Raises RuleTrouble."""
    name = text.strip()
    if not name:
        raise RuleTrouble("Type what the rule is about.")
    match kind:
        case Kind.REFUSE_SCOPE:
            change: dict[str, object] = {"refused_scopes": (*wished.refused_scopes, name)}
        case Kind.REFUSE_RESOURCE:
            change = {"refused_resources": (*wished.refused_resources, name)}
        case Kind.MEDIUM:
            change = {"raised": wished.raised | {name: Tier.MEDIUM}}
        case Kind.HIGH:
            change = {"raised": wished.raised | {name: Tier.HIGH}}
        case Kind.ONCE_SCOPE:
            change = {"once_scopes": (*wished.once_scopes, name)}
        case Kind.ONCE_CLIENT:
            change = {"once_clients": (*wished.once_clients, name)}
    new = msgspec.structs.replace(wished, **change)
    if model.lines(new) == model.lines(wished):
        raise RuleTrouble("There is such a rule already.")
    try:
        return msgspec.convert(msgspec.to_builtins(new), Policy)
    except msgspec.ValidationError:
        if any(len(found) > MOST for found in change.values() if isinstance(found, tuple | dict)):
            raise RuleTrouble(f"At most {MOST} rules of a kind.") from None
        what = "a permission" if kind in _OF_SCOPES else "a resource"
        raise RuleTrouble(f"This is no name of {what}.") from None


def rebased(seen: Policy, wished: Policy, stored: Policy) -> Policy:
    """Return what a person wished of `seen`, wished of what somebody stored meanwhile."""
    new = stored
    for name, _, value in model.changes(seen, wished):
        new = _with(new, wished if value else BUILT_IN, name)
    return new


def _with(policy: Policy, source: Policy, name: str) -> Policy:
    """Return `policy` with the rule of this name as it is in `source`, or gone as it is there."""
    if field := _FIELDS.get(name):
        return msgspec.structs.replace(policy, **{field: getattr(source, field)})
    if name.startswith(_TIER):
        what = name.removeprefix(_TIER)
        raised = {k: v for k, v in policy.raised.items() if k != what}
        if what in source.raised:
            raised[what] = source.raised[what]
        return msgspec.structs.replace(policy, raised=raised)
    prefix = next(each for each in _LISTS if name.startswith(each))
    field, what = _LISTS[prefix], name.removeprefix(prefix)
    kept = tuple(each for each in getattr(policy, field) if each != what)
    here = (what,) if what in getattr(source, field) else ()
    return msgspec.structs.replace(policy, **{field: (*kept, *here)})


def _next(values: tuple[T, ...], now: T, by: int) -> T:
    return values[(values.index(now) + by) % len(values)]


def _about(name: str) -> str:
    if name.startswith(_TIER):
        return "The permission takes the proof of this tier at least."
    if name.startswith(("scope ", "resource ")):
        return "Nobody is asked about it: the program hears no."
    return "A yes counts once, and the next use asks again."
