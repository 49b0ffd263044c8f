"""The privacy databases: which were read, by whom, and what to do where one was not."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import privacy_facts
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import piece
from entraclaw_tui.dashboard.sheets.row_sheet import RowSheet


class PrivacyDatabasesSheet(RowSheet):
    """Only tells."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("details")]

    def __init__(self, desk: Desk, pane: str) -> None:
        super().__init__(
            desk, pane, piece("the databases"), lambda: privacy_facts.database_lines(desk)
        )
