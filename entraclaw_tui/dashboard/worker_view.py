"""What the panel knows of the worker, and how an event changes it. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from entraclaw_tui.ipc.messages import Event, Session, Snapshot
from entraclaw_tui.model.consent import Request

T = TypeVar("T")

KEPT = 200
"""Things that are over and still listed, of each kind."""


class WorkerView(msgspec.Struct, frozen=True):
    """The worker as last heard. Where it is not connected, `reason` says why, for a person."""

    connected: bool = False
    reason: str = "Connecting to the worker."
    snapshot: Snapshot | None = None
    """The last one, kept when the worker goes; its session then reads locked."""
    at: float = 0.0
    """Wall clock of the last word from the worker; 0 before the first."""
    restarts: int = 0
    """How often another worker process answered than the one before."""

    @property
    def session(self) -> Session | None:
        """The approver session of this connection."""
        return self.snapshot.session if self.snapshot is not None else None

    @property
    def unlocked(self) -> bool:
        """Whether this connection may allow now."""
        return self.connected and self.session is not None and self.session.unlocked

    def request(self, id: str) -> Request | None:
        """Return the request of that id where the worker told of it."""
        if self.snapshot is None:
            return None
        return next((r for r in self.snapshot.requests if r.id == id), None)


def lost(view: WorkerView, reason: str) -> WorkerView:
    """Return the view after the connection went: old facts stay, the session has ended."""
    snapshot = view.snapshot
    if snapshot is not None:
        locked = msgspec.structs.replace(snapshot.session, unlocked=False, idle_ends_at=None)
        snapshot = msgspec.structs.replace(snapshot, session=locked)
    return msgspec.structs.replace(view, connected=False, reason=reason, snapshot=snapshot)


def found(view: WorkerView, snapshot: Snapshot, at: float) -> WorkerView:
    """Return the view after a snapshot, counting a worker that is another process."""
    before = view.snapshot
    other = before is not None and before.worker.pid != snapshot.worker.pid
    return WorkerView(True, "", snapshot, at, view.restarts + other)


def apply(snapshot: Snapshot, event: Event) -> Snapshot:
    """Return `snapshot` after `event`. An event older than the snapshot changes nothing."""
    if event.seq < snapshot.seq:
        return snapshot
    now = msgspec.structs.replace(snapshot, seq=event.seq)
    change = msgspec.structs.replace
    if event.request is not None:
        requests = _put(now.requests, event.request, lambda r: r.id, lambda r: r.state.final)
        now = change(now, requests=requests)
    if event.grant is not None:
        grants = _put(now.grants, event.grant, lambda g: g.id, lambda g: g.ended_at is not None)
        now = change(now, grants=grants)
    if event.token is not None:
        tokens = _put(now.tokens, event.token, lambda t: t.id, lambda t: t.ended_at is not None)
        now = change(now, tokens=tokens)
    if event.client is not None:
        clients = _put(now.clients, event.client, lambda c: c.identity, lambda c: not c.blocked)
        now = change(now, clients=clients)
    if event.session is not None:
        now = change(now, session=event.session)
    if event.worker is not None:
        now = change(now, worker=event.worker)
    return now


def _put(
    things: tuple[T, ...], thing: T, key: Callable[[T], str], over: Callable[[T], bool]
) -> tuple[T, ...]:
    """Return `things` with `thing` in its old place, or at the end; the oldest of too many go."""
    mine = key(thing)
    for place, other in enumerate(things):
        if key(other) == mine:
            return (*things[:place], thing, *things[place + 1 :])
    grown = (*things, thing)
    surplus = sum(map(over, grown)) - KEPT
    if surplus <= 0:
        return grown
    kept = []
    for other in grown:
        if surplus > 0 and over(other):
            surplus -= 1
        else:
            kept.append(other)
    return tuple(kept)
