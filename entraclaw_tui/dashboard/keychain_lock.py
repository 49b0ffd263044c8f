"""Whether the keychain is open, when it locks, and how it is unlocked, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.ages import ago
from entraclaw_tui.dashboard.closer import LOCK
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import KEYCHAIN
from entraclaw_tui.dashboard.keychain_open import is_locked, state_of
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import keychain_state
from entraclaw_tui.model.keychain import KeychainState
from entraclaw_tui.model.source import Failed, Loaded, Stale, value_of
from entraclaw_tui.text import Shown, clean


def lines(desk: Desk, now: float) -> list[Line]:
    """Return whether the keychain is open, when it locks, what is searched, and what to do."""
    keychain = value_of(desk.store.get(KEYCHAIN))
    state = state_of(desk)
    told = [fact("the agent", *_agent(desk)), *_here(desk, state, now)]
    if is_locked(desk):
        told += _unlock()
    elif state is not None and (state.on_sleep or state.after_seconds):
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
    told += _search(state.search if state is not None else ())
    return told


def _agent(desk: Desk) -> tuple[Piece, ...]:
    signs, view = desk.symbols, desk.link.view
    word = view.snapshot.worker.keychain if view.connected and view.snapshot is not None else ""
    if word in ("", "unknown"):
        unsaid = "has not asked it yet" if word else "the worker does not answer"
        return (piece(signs.nothing, Tone.DIM), piece(f" {unsaid}", Tone.DIM))
    if word == "ok":
        return (piece(signs.fine, Tone.GOOD), piece(" reads it"))
    return (
        piece(signs.bad, Tone.BAD),
        piece(" "),
        Piece(Shown(f"cannot read it: keychain {clean(word, 60)}"), Tone.BAD),
    )


def _here(desk: Desk, state: KeychainState | None, now: float) -> list[Line]:
    """Return what this session sees."""
    signs, asked = desk.symbols, desk.store.get(LOCK)
    if state is None or state.locked is None:
        note = asked.reason if isinstance(asked, Failed) else state.note if state else ""
        unsaid = f"not known. {note}" if note else "not known"
        unknown = Piece(clean(unsaid, 400), Tone.DIM)
        return [fact("here", piece(signs.nothing, Tone.DIM), piece(" "), unknown)]
    mark = piece(signs.bad, Tone.BAD) if state.locked else piece(signs.fine, Tone.GOOD)
    told = [fact("here", mark, piece(" "), piece(keychain_state.words(state), mark.tone))]
    if isinstance(asked, Loaded | Stale) and state is asked.value:
        told.append(fact("", piece(f"asked {ago(now - asked.at)}", Tone.DIM)))
    if state.locked and is_locked(desk) is False:
        other = "The agent runs in another session, which has it open."
        told.append(fact("", piece(other, Tone.DIM)))
    return told


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
