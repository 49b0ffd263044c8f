"""The clients as a list: who may not ask now comes first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard.ages import ago, left
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.model.consent import Client

MOST = 50
"""Clients that may ask and are listed; of those that may not, all are."""


def rests(client: Client, now: float) -> bool:
    """Return whether a client rests after refusals."""
    return client.resting_until is not None and now < client.resting_until


def held(client: Client, now: float) -> bool:
    """Return whether a client may not ask now."""
    return client.blocked or rests(client, now)


def ordered(clients: Sequence[Client], now: float) -> list[Client]:
    """Return the blocked ones, those that rest, and the others by when they came last."""
    lately = sorted(clients, key=lambda c: (-c.last_seen_at, c.identity))
    blocked = [c for c in lately if c.blocked]
    resting = [c for c in lately if not c.blocked and rests(c, now)]
    return [*blocked, *resting, *[c for c in lately if not held(c, now)][:MOST]]


def steady(clients: Sequence[Client], places: Sequence[str], now: float) -> list[Client]:
    """Return the clients in the places that they had, by identity; who is new comes last."""
    known = {c.identity: c for c in clients}
    had = set(places)
    stay = [known[identity] for identity in places if identity in known]
    return [*stay, *(c for c in ordered(clients, now) if c.identity not in had)]


def state(client: Client, now: float) -> tuple[str, Tone]:
    """Return what holds for a client, in words."""
    if client.blocked:
        return "blocked", Tone.BAD
    if client.resting_until is not None and rests(client, now):
        return f"rests, {left(client.resting_until - now)} left", Tone.LOOK
    return f"may ask, seen {ago(now - client.last_seen_at)}", Tone.DIM
