"""Whether the keychain is open, as the first picture needs it: it imports little."""

from __future__ import annotations

from entraclaw_tui.dashboard.closer import LOCK
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import KEYCHAIN
from entraclaw_tui.model.keychain import KeychainState
from entraclaw_tui.model.source import value_of


def state_of(desk: Desk) -> KeychainState | None:
    """Return what this session sees: as it was read by itself, else as a person had it asked."""
    keychain = value_of(desk.store.get(KEYCHAIN))
    own = keychain.state if keychain is not None else None
    if own is not None and own.locked is not None:
        return own
    return value_of(desk.store.get(LOCK)) or own


def is_locked(desk: Desk) -> bool | None:
    """Return whether it is locked for the agent; None where nobody says.

    A keychain is unlocked for a session, so the worker's word counts before what this one sees.
    """
    view = desk.link.view
    if view.connected and view.snapshot is not None:
        worker = {"locked": True, "ok": False}.get(view.snapshot.worker.keychain)
        if worker is not None:
            return worker
    state = state_of(desk)
    return state.locked if state is not None else None
