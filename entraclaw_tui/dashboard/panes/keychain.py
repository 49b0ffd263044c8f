"""Which secrets the agent keeps, since when, and when each was written last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import ago
from entraclaw_tui.dashboard.key import KEYCHAIN
from entraclaw_tui.dashboard.keychain_open import is_locked
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fit, header, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.macos import keychain_names
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


class KeychainPane(ListPane[KeychainItem]):
    """The agent's items, in the keychain's order."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("keychain")]

    class StateWanted(Message):
        """The keychain itself is to be told."""

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

    def words(self, row: KeychainItem) -> str:
        """Return what a row shows, and its whole account; not painted, for thousands of rows."""
        kind, name = _named(row)
        return f"{kind} {name} {row.account}"

    def _sign(self, row: KeychainItem) -> Piece:
        """Return a sign once somebody has looked whether anything is wrong with the item."""
        signs = self.desk.symbols
        looked = concerns.examined(self.desk.store)
        fine = piece(signs.fine, Tone.GOOD) if looked else piece(" ")
        return concerns.marked(self.desk.store, "keychain", row.account, fine, signs)

    def subtitle(self) -> tuple[Piece, ...]:
        """Return which keychain, whether it is open, and how much else it holds."""
        keychain = value_of(self.source())
        if keychain is None:
            return ()
        name = words.program(keychain.path).partition(".")[0]
        locked = is_locked(self.desk)
        dot = f" {self.desk.symbols.dot} "
        others = f"{dot}{words.count(keychain.others, 'other item')}" if keychain.others else ""
        told = {True: piece(" locked", Tone.BAD), False: piece(" open", Tone.DIM)}
        state = (told[locked],) if locked is not None else ()
        return (Piece(Shown(name), Tone.DIM), *state, Piece(Shown(others), Tone.DIM))

    def badge(self) -> Piece | None:
        """Return how many items there are, or that nobody can read them now."""
        if is_locked(self.desk):
            return piece(self.desk.symbols.bad, Tone.BAD)
        rows = self.rows()
        return piece(str(len(rows)), Tone.DIM) if rows else None

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "The agent keeps no secret yet."

    def opens(self) -> bool:
        """Tell everything about the selected item."""
        row = self.selected
        if row is not None:
            from entraclaw_tui.dashboard.sheets.keychain_item import KeychainItemSheet

            self.app.push_screen(KeychainItemSheet(self.desk, row, self.TITLE))
        return True

    def action_state(self) -> None:
        """Tell whether the keychain is open, and how it is unlocked."""
        self.post_message(self.StateWanted())


def _named(row: KeychainItem) -> tuple[str, str]:
    """Return what an item of ours is, and the rest of its account's name."""
    found = keychain_names.named(row.account)
    if found.kind:
        # `session:{tenant}:{upn}`: the person says more than the tenant's id.
        return found.kind, found.rest
    return keychain_names.CLASSES.get(row.kind, row.kind), row.account or row.service
