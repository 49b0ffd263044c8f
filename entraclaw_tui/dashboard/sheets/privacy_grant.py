"""One privacy row: what was decided, whether it fits what runs now, and where it is changed."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import privacy_facts
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.sheets.row_sheet import RowSheet
from entraclaw_tui.model.privacy import PrivacyGrant
from entraclaw_tui.text import clean

if TYPE_CHECKING:
    from entraclaw_tui.macos.tcc_match import Match


class PrivacyGrantSheet(RowSheet):
    """Compares the row with the program that runs now as soon as it opens."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("privacy_grant", "details")]

    def __init__(
        self,
        desk: Desk,
        grant: PrivacyGrant,
        pane: str,
        matches: MutableMapping[PrivacyGrant, Match],
    ) -> None:
        super().__init__(desk, pane, Piece(clean(grant.name or grant.service, 60)), self._told)
        self._grant = grant
        self._matches = matches
        """What was compared before, by row: shown until the new answer is there."""
        self._opened: Piece | None = None

    def on_mount(self) -> None:
        """Compare."""
        self.ask(self._compare())

    def keys(self) -> Line:
        """Return how to get at the place where it is changed."""
        return () if privacy_facts.may_open(self.desk) else (piece("o open it", Tone.DIM),)

    def action_settings(self) -> None:
        """Open the place in System Settings, where there is a screen."""
        if not privacy_facts.may_open(self.desk):
            self.app.run_worker(self._open(), exit_on_error=False)

    async def _open(self) -> None:
        trouble = await self.desk.feeds.closer.show_settings(self._grant.service)
        if trouble:
            self._opened = Piece(clean(trouble, 200), Tone.BAD)
        else:
            self._opened = piece("System Settings opens at the Mac's screen.", Tone.GOOD)
        self.repaint()

    async def _compare(self) -> None:
        self._matches[self._grant] = await self.desk.feeds.closer.match(self._grant)

    def _told(self) -> list[Line]:
        match = self._matches.get(self._grant)
        return privacy_facts.row_lines(
            self.desk, self._grant, match, self.desk.clock(), self._opened
        )
