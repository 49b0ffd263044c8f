"""Everything that is known of one Keychain item, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import ago, moment
from entraclaw_tui.dashboard.closer import READERS
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import GRANTS, KEYCHAIN
from entraclaw_tui.dashboard.keychain_open import is_locked
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import keychain_access, keychain_names
from entraclaw_tui.model.keychain import KeychainItem
from entraclaw_tui.model.source import Failed, Loaded, Source, Stale, value_of
from entraclaw_tui.text import Shown, clean

if TYPE_CHECKING:
    from entraclaw_tui.macos.keychain_readers import Readers

_SHUT = "The keychain is locked now: until it is opened nobody reads it."
_KEYS = frozenset({"private key", "audit key", "PIN key"})


def item_lines(desk: Desk, item: KeychainItem, now: float, *, asking: bool) -> list[Line]:
    """Return an item's facts: what it is, what was found about it, since when, who can read it."""
    told = desk.store.get(READERS)
    mine = readers_of(told, item)
    return [
        *_what(desk, item),
        *concerns.lines(desk.store, "keychain", item.account, desk.symbols),
        *_readers(desk, item, told, now, asking=asking),
        fact("created", piece(_when(item.created_at, now))),
        fact("written", piece(_when(item.modified_at, now)), *_rewritten(item)),
        *_maker(desk, item, mine),
        fact("account", Piece(clean(item.account))),
        fact("filed as", Piece(clean(item.service)), *_label(item)),
        fact("class", Piece(clean(keychain_names.CLASSES.get(item.kind, item.kind)))),
        fact("size", piece("not known: macOS tells it with the secret alone", Tone.DIM)),
        fact("comment", piece(f"{item.comment_bytes} bytes, not read")),
        fact("keychain", Piece(clean(desk.host.shown(item.keychain)))),
        *(fact(clean(name, 11), Piece(clean(text, 300))) for name, text in item.attributes),
    ]


def readers_of(told: Source[tuple[Readers, ...]] | None, item: KeychainItem) -> Readers | None:
    """Return who can read an item, where that was asked; an item written since is another one."""
    for one in value_of(told) or ():
        same = (one.item.kind, one.item.service, one.item.account, one.item.modified_at)
        if same == (item.kind, item.service, item.account, item.modified_at):
            return one
    return None


def _what(desk: Desk, item: KeychainItem) -> list[Line]:
    """Return what the item is, of which agent and version, in words."""
    name = keychain_names.named(item.account)
    kind = name.kind or keychain_names.CLASSES.get(item.kind, item.kind)
    said = []
    if name.agent:
        said.append(f"of the agent {name.agent}")
    if name.person:
        said.append(f"of {name.person} at {name.tenant}")
    if name.version is not None:
        said.append(f"version {name.version}{_newest(desk, item, name.version)}")
    if name.grant:
        said.append(f"of the grant {name.grant}{_grant(desk, name.grant)}")
    rest = (piece(" "), Piece(clean(", ".join(said), 300))) if said else ()
    lines: list[Line] = [fact("secret", Piece(clean(kind), Tone.STRONG), *rest)]
    snapshot = desk.link.view.snapshot
    current = snapshot.worker.agent if snapshot is not None else ""
    if name.agent and current and name.agent != current:
        other = piece("This agent is not the one that is set up.", Tone.LOOK)
        lines.append(fact("", other))
    return lines


def _newest(desk: Desk, item: KeychainItem, version: int) -> str:
    """Return whether a numbered key is the newest of its kind."""
    keychain = value_of(desk.store.get(KEYCHAIN))
    stem = item.account.rpartition(":")[0]
    others = [
        found.version or 0
        for one in (keychain.items if keychain is not None else ())
        if one.account.rpartition(":")[0] == stem
        and (found := keychain_names.named(one.account)).kind in _KEYS
    ]
    if len(others) < 2:
        return ""
    return ", the newest" if version >= max(others) else f"; the newest is {max(others)}"


def _grant(desk: Desk, id: str) -> str:
    """Return what a token's grant is for, where the worker tells."""
    for grant in value_of(desk.store.get(GRANTS)) or ():
        if grant.id == id:
            return f": {words.scopes(grant.scopes)} for {grant.client_name}"
    return ""


def _readers(
    desk: Desk,
    item: KeychainItem,
    told: Source[tuple[Readers, ...]] | None,
    now: float,
    *,
    asking: bool,
) -> list[Line]:
    """Return who can read it, or how that is found out and what that may do."""
    signs = desk.symbols
    if asking:
        return [fact("read by", piece(f"asking{signs.ellipsis}", Tone.DIM))]
    mine = readers_of(told, item)
    if mine is not None:
        at = told.at if isinstance(told, Loaded | Stale) else now
        marks = {
            True: piece(signs.fine, Tone.GOOD),
            False: piece(signs.bad, Tone.BAD),
            None: piece(signs.look, Tone.LOOK),
        }
        mark = marks[mine.agent_reads]
        return [
            fact("read by", mark, piece(" "), Piece(clean(mine.verdict, 300), mark.tone)),
            *(fact("", Piece(clean(line, 300))) for line in mine.lines),
            *([fact("", piece(_SHUT, Tone.LOOK))] if is_locked(desk) else []),
            fact("", piece(f"asked {ago(now - at)}", Tone.DIM)),
        ]
    lines: list[Line] = []
    if isinstance(told, Failed):
        why = Piece(clean(f"{told.reason} {told.hint}".rstrip(), 400), Tone.BAD)
        lines.append(fact("read by", piece(signs.bad, Tone.BAD), piece(" "), why))
    else:
        lines.append(fact("read by", piece("not asked yet; w asks", Tone.LOOK)))
    lines.append(fact("", piece(keychain_access.WARNING, Tone.DIM)))
    if is_locked(desk):
        lines.append(fact("", piece("The keychain is locked, so expect the question.", Tone.LOOK)))
    return lines


def _maker(desk: Desk, item: KeychainItem, mine: Readers | None) -> list[Line]:
    if item.creator:
        return [fact("made by", Piece(clean(desk.host.shown(item.creator))))]
    if mine is not None and mine.maker:
        by_list = piece("the first of its list, where macOS notes the maker", Tone.DIM)
        return [fact("made by", Piece(clean(mine.maker))), fact("", by_list)]
    why = "its list of readers does not tell" if mine is not None else "its readers tell it"
    return [fact("made by", piece(f"not told; {why}", Tone.DIM))]


def _label(item: KeychainItem) -> tuple[Piece, ...]:
    if not item.label or item.label == item.service:
        return ()
    return (Piece(Shown(f", labelled {clean(item.label, 200)}")),)


def _rewritten(item: KeychainItem) -> tuple[Piece, ...]:
    """Say where the dates cannot tell when it was first made: a rewrite makes a new item."""
    same = item.created_at is not None and item.created_at == item.modified_at
    return (piece(" (each write makes it anew)", Tone.DIM),) if same else ()


def _when(at: float | None, now: float) -> str:
    return "unknown" if at is None else f"{moment(at)}, {ago(now - at)}"
