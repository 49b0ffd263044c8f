"""Which secrets the agent keeps, since when, and when each was written last."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import ago, moment
from entraclaw_tui.dashboard.key import KEYCHAIN
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fact, fit, header, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.keychain import Keychain, KeychainItem
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean

_COLUMNS = (
    Column("", 1),
    Column("secret", 14),
    Column("account", flex=1),
    Column("written", 10, from_width=40),
    Column("made", 10, from_width=70),
)
_KINDS = {
    "key": "private key",
    "token": "token",
    "session": "sign-in",
    "audit": "audit key",
    "pin": "PIN key",
}
_CLASSES = {"genp": "generic password", "inet": "internet password"}


class KeychainPane(ListPane[KeychainItem]):
    """The agent's items, in the keychain's order."""

    NAME = "keychain"
    NUMBER = 5
    TITLE = "Keychain"
    SHORT = "Keys"

    def source(self) -> Source[Keychain] | None:
        """Return the keychain as `security` tells it."""
        return self.desk.store.get(KEYCHAIN)

    def rows(self) -> Sequence[KeychainItem]:
        """Return the agent's items."""
        keychain = value_of(self.source())
        return keychain.items if keychain is not None else ()

    def id_of(self, row: KeychainItem) -> str:
        """Return class, service and account: what the keychain itself goes by."""
        return f"{row.keychain}\0{row.kind}\0{row.service}\0{row.account}"

    def columns(self, width: int) -> Line | None:
        """Return the column titles."""
        return header(_COLUMNS, width)

    def paint(self, row: KeychainItem, width: int, now: float) -> Line:
        """Return what it is, whose, and how old."""
        kind, name = _named(row)
        written = row.modified_at or row.created_at
        return fit(
            _COLUMNS,
            (
                self._sign(row),
                Piece(clean(kind)),
                Piece(clean(name, 120)),
                piece(ago(now - written) if written else "unknown", Tone.DIM),
                piece(ago(now - row.created_at) if row.created_at else "", Tone.DIM),
            ),
            width,
        )

    def _sign(self, row: KeychainItem) -> Piece:
        """Return a sign once somebody has looked whether anything is wrong with the item."""
        signs = self.desk.symbols
        looked = concerns.examined(self.desk.store)
        fine = piece(signs.fine, Tone.GOOD) if looked else piece(" ")
        return concerns.marked(self.desk.store, "keychain", row.account, fine, signs)

    def subtitle(self) -> tuple[Piece, ...]:
        """Return which keychain, and how much else it holds."""
        keychain = value_of(self.source())
        if keychain is None:
            return ()
        name = words.program(keychain.path).partition(".")[0]
        others = f" {self.desk.symbols.dot} {words.count(keychain.others, 'other item')}"
        return (Piece(Shown(name + (others if keychain.others else "")), Tone.DIM),)

    def badge(self) -> Piece | None:
        """Return how many items there are."""
        rows = self.rows()
        return piece(str(len(rows)), Tone.DIM) if rows else None

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "The agent keeps no secret yet."

    def details(self, row: KeychainItem, now: float) -> list[Line]:
        """Return every attribute that was read; the secret itself is never asked for."""
        kind, _ = _named(row)
        return [
            fact("secret", Piece(clean(kind), Tone.STRONG)),
            fact("account", Piece(clean(row.account))),
            fact("service", Piece(clean(row.service))),
            fact("label", Piece(clean(row.label))),
            fact("class", Piece(clean(_CLASSES.get(row.kind, row.kind)))),
            fact("created", piece(_when(row.created_at, now))),
            fact("written", piece(_when(row.modified_at, now))),
            *([fact("by", Piece(clean(row.creator)))] if row.creator else []),
            fact("keychain", Piece(clean(self.desk.host.shown(row.keychain)))),
            fact("comment", piece(f"{row.comment_bytes} bytes, not read")),
            *concerns.lines(self.desk.store, "keychain", row.account, self.desk.symbols),
            *(fact(clean(name, 11), Piece(clean(text, 300))) for name, text in row.attributes),
        ]


def _named(row: KeychainItem) -> tuple[str, str]:
    """Return what an item of ours is, and the rest of its account's name."""
    kind, colon, rest = row.account.partition(":")
    if colon and kind in _KINDS:
        # `session:{tenant}:{upn}`: the person says more than the tenant's id.
        return _KINDS[kind], rest.rpartition(":")[2] if kind == "session" else rest
    return _CLASSES.get(row.kind, row.kind), row.account or row.service


def _when(at: float | None, now: float) -> str:
    return "unknown" if at is None else f"{moment(at)}, {ago(now - at)}"
