"""What is worth a sentence when the worker's view changes: comings, goings, others' decisions."""

from __future__ import annotations

import re

import msgspec

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.model.consent import Request, State
from entraclaw_tui.text import clean


class News(msgspec.Struct, frozen=True):
    """One sentence for the message line."""

    text: str
    tone: Tone


def between(before: WorkerView, now: WorkerView, own_pid: int) -> News | None:
    """Return the most telling difference of two views, or None."""
    if before.connected and not now.connected:
        return News(f"The worker is gone. {now.reason}", Tone.BAD)
    if now.connected and not before.connected and before.at and now.snapshot is not None:
        pid = now.snapshot.worker.pid
        if now.restarts > before.restarts:
            return News(f"The worker was restarted by launchd, pid {pid}.", Tone.PLAIN)
        return News(f"The worker answers again, pid {pid}.", Tone.PLAIN)
    if before.snapshot is None or now.snapshot is None:
        return None
    if before.unlocked and now.connected and not now.unlocked:
        return News("Your session is locked.", Tone.PLAIN)
    if before.connected and now.unlocked and not before.unlocked:
        return News("Your session is open.", Tone.PLAIN)
    old = {r.id: r for r in before.snapshot.requests}
    for request in reversed(now.snapshot.requests):
        known = old.get(request.id)
        moved = known is not None and known.state is not request.state
        if known is not None and moved and (told := _told(known, request, own_pid)):
            return told
    return None


def asks(before: WorkerView, now: WorkerView) -> bool:
    """Return whether a request came that waits for a person."""
    if before.snapshot is None or now.snapshot is None:
        return False
    old = {r.id for r in before.snapshot.requests}
    return any(r.id not in old and r.state is State.PENDING for r in now.snapshot.requests)


def _told(known: Request, request: Request, own_pid: int) -> News | None:
    what = words.scopes([s.name for s in request.scopes])
    who = words.program(request.requester.executable)
    mine = bool(re.search(rf"\b{own_pid}\b", request.decided_by))
    by = clean(request.decided_by or "somebody else", 60)
    match request.state:
        case State.DENIED if known.state is State.PENDING and not mine:
            return News(f"{what} for {who} was denied by {by}.", Tone.PLAIN)
        case State.APPROVED | State.EXCHANGING | State.READY if (
            known.state is State.PENDING and not mine
        ):
            return News(f"{what} for {who} was allowed by {by}.", Tone.LOOK)
        case State.EXPIRED:
            return News(f"{what} for {who} expired: nobody decided in time.", Tone.LOOK)
        case State.CANCELLED:
            return News(f"{who} no longer asks for {what}.", Tone.PLAIN)
        case State.FAILED:
            why = clean(request.outcome_text or request.outcome_code or "unknown reason", 160)
            return News(f"{what} for {who} failed: {why}", Tone.BAD)
        case State.DELIVERED:
            return News(f"{who} has its token for {what}.", Tone.PLAIN)
    return None
