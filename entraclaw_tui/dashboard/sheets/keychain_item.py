"""One Keychain item: what it is, since when, and, once a person asks, who can read it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import keychain_facts
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.closer import READERS
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.sheets.row_sheet import RowSheet
from entraclaw_tui.model.keychain import KeychainItem
from entraclaw_tui.text import clean


class KeychainItemSheet(RowSheet):
    """Reads no secret. Who can read the items is asked for all of them at once, by `w`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("keychain_item", "details")]

    def __init__(self, desk: Desk, item: KeychainItem, pane: str) -> None:
        super().__init__(desk, pane, Piece(clean(item.account or item.service, 60)), self._told)
        self._item = item

    def keys(self) -> Line:
        """Return the key of the one question that is not asked by itself."""
        return () if self.asking else (piece("w who can read it", Tone.DIM),)

    def action_readers(self) -> None:
        """Ask who can read the agent's items."""
        feeds = self.desk.feeds
        self.ask(feeds.study.once(READERS, feeds.closer.readers))

    def _told(self) -> list[Line]:
        return keychain_facts.item_lines(
            self.desk, self._item, self.desk.clock(), asking=self.asking
        )
