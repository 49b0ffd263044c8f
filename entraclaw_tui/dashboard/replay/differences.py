"""What changed between two views of the worker, as the events that tell it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from entraclaw_tui.dashboard import worker_view
from entraclaw_tui.ipc.messages import Event, Snapshot

T = TypeVar("T")


def events_between(before: Snapshot, after: Snapshot) -> tuple[Event, ...] | None:
    """Return events that make `after` of `before`; None where only the whole can tell it."""
    seq = after.seq
    events: list[Event] = []
    for request in _new(before.requests, after.requests, lambda r: r.id):
        events.append(Event(seq, "request", request=request))
    for grant in _new(before.grants, after.grants, lambda g: g.id):
        events.append(Event(seq, "grant", grant=grant))
    for token in _new(before.tokens, after.tokens, lambda t: t.id):
        events.append(Event(seq, "token", token=token))
    for client in _new(before.clients, after.clients, lambda c: c.identity):
        events.append(Event(seq, "client", client=client))
    if before.session != after.session:
        events.append(Event(seq, "session", session=after.session))
    if before.worker != after.worker or not events:
        events.append(Event(seq, "worker", worker=after.worker))
    told = before
    for event in events:
        told = worker_view.apply(told, event)
    return tuple(events) if told == after else None


def _new(before: Sequence[T], after: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
    known = {key(thing): thing for thing in before}
    return [thing for thing in after if known.get(key(thing)) != thing]
