"""Whether the keychain is open, when it locks, and how it is unlocked, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.ages import ago
from entraclaw_tui.dashboard.closer import LOCK
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import KEYCHAIN
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import keychain_state
from entraclaw_tui.model.keychain import KeychainState
from entraclaw_tui.model.source import Failed, Loaded, Stale, value_of
from entraclaw_tui.text import Shown, clean


def lines(desk: Desk, now: float) -> list[Line]:
    """Return whether the keychain is open, when it locks, what is searched, and what to do."""
    keychain = value_of(desk.store.get(KEYCHAIN))
    asked, state = desk.store.get(LOCK), state_of(desk)
    if state is None:
        return [(piece("Nothing is known of the keychain yet.", Tone.DIM),)]
    locked = is_locked(desk, state)
    sign, tone = _mark(desk, locked)
    told = [fact("state", piece(sign, tone), piece(f" {_state_words(state, locked)}", tone))]
    if isinstance(asked, Loaded | Stale):
        told.append(fact("asked", piece(ago(now - asked.at), Tone.DIM)))
    if isinstance(asked, Failed):
        told.append(fact("asked", Piece(clean(asked.reason, 300), Tone.LOOK)))
    elif state.note:
        told.append(fact("", Piece(clean(state.note, 300), Tone.DIM)))
    told += _worker(desk)
    if locked:
        told += _unlock()
    elif state.locked is False and (state.on_sleep or state.after_seconds):
        stay = "`security set-keychain-settings` lets it stay open."
        told += [
            fact("then", piece("the agent can read nothing until somebody unlocks it.")),
            fact("next step", piece(stay)),
        ]
    if keychain is not None:
        told.append(fact("file", Piece(clean(desk.host.shown(keychain.path)))))
        held = words.count(len(keychain.items), "item of the agent", "items of the agent")
        others = words.count(keychain.others, "other", "others")
        told.append(fact("holds", Piece(Shown(f"{held}, {others}"))))
    told += _search(state.search)
    return told


def state_of(desk: Desk) -> KeychainState | None:
    """Return the keychain's state: as it was read by itself, else as a person had it asked."""
    keychain = value_of(desk.store.get(KEYCHAIN))
    own = keychain.state if keychain is not None else None
    if own is not None and own.locked is not None:
        return own
    return value_of(desk.store.get(LOCK)) or own


def is_locked(desk: Desk, state: KeychainState | None) -> bool | None:
    """Return whether it is locked, by `security`, or else by the worker; None: nobody says."""
    if state is not None and state.locked is not None:
        return state.locked
    view = desk.link.view
    if view.connected and view.snapshot is not None:
        return {"locked": True, "ok": False}.get(view.snapshot.worker.keychain)
    return None


def _mark(desk: Desk, locked: bool | None) -> tuple[str, Tone]:
    if locked is None:
        return desk.symbols.look, Tone.LOOK
    return (desk.symbols.bad, Tone.BAD) if locked else (desk.symbols.fine, Tone.GOOD)


def _state_words(state: KeychainState, locked: bool | None) -> str:
    if state.locked is None and locked is not None:
        return "locked, says the worker" if locked else "open, says the worker"
    return keychain_state.words(state)


def _worker(desk: Desk) -> list[Line]:
    view = desk.link.view
    if not view.connected or view.snapshot is None:
        return []
    info = view.snapshot.worker
    fine = info.keychain == "ok"
    told = "reads it" if fine else f"says: keychain {clean(info.keychain, 60)}"
    return [fact("the worker", Piece(Shown(told), Tone.PLAIN if fine else Tone.LOOK))]


def _unlock() -> list[Line]:
    how = (
        "It asks for your login password, and opens the keychain for the session it runs in. "
        "At the Mac, logging in at the screen opens it for the desktop."
    )
    return [fact("next step", piece(keychain_state.UNLOCK, Tone.ACCENT)), fact("", piece(how))]


def _search(paths: Sequence[str]) -> list[Line]:
    return [
        fact("searched" if n == 0 else "", piece(f"{n + 1} ", Tone.DIM), Piece(clean(path)))
        for n, path in enumerate(paths)
    ]
