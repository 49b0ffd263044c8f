"""What was allowed, to whom, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import BindingType

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import ago, left
from entraclaw_tui.dashboard.grant_facts import ended_at, lives
from entraclaw_tui.dashboard.key import GRANTS
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fit, header, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.consent import Grant, Remember
from entraclaw_tui.model.source import Source, value_of

LINGER = 86400.0
"""Seconds for which a grant that ended stays listed."""

_COLUMNS = (
    Column("state", 6),
    Column("allows", flex=1),
    Column("client", flex=1),
    Column("uses", 5, right=True, from_width=80),
    Column("ends in", 10, right=True),
)


class GrantsPane(ListPane[Grant]):
    """Live grants, oldest first; below them those that ended in the last day."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grants")]

    NAME = "grants"
    NUMBER = 3
    TITLE = "Grants"
    SHORT = "Grants"

    class Revoked(ListPane.Opened):
        """A grant is to be ended, or all of them where `grant` is None."""

        def __init__(self, grant: Grant | None) -> None:
            super().__init__()
            self.grant = grant

    def source(self) -> Source[tuple[Grant, ...]] | None:
        """Return the grants as the worker tells them."""
        return self.desk.store.get(GRANTS)

    def rows(self) -> Sequence[Grant]:
        """Return the live ones, then the ended ones, newest end first."""
        now = self.desk.clock()
        known = value_of(self.source()) or ()
        live = [g for g in known if lives(g, now)]
        over = [g for g in known if not lives(g, now) and now - ended_at(g) < LINGER]
        over.sort(key=ended_at, reverse=True)
        return [*sorted(live, key=lambda g: (g.created_at, g.id)), *over]

    def id_of(self, row: Grant) -> str:
        """Return the grant's id."""
        return row.id

    def columns(self, width: int) -> Line | None:
        """Return the column titles."""
        return header(_COLUMNS, width)

    def paint(self, row: Grant, width: int, now: float) -> Line:
        """Return state, scopes, client, uses, and when it ends or ended."""
        live = lives(row, now)
        plain = Tone.PLAIN if live else Tone.DIM
        ends = self._ends(row, now) if live else piece(ago(now - ended_at(row)), Tone.DIM)
        return fit(
            _COLUMNS,
            (
                piece("live", Tone.GOOD) if live else piece("ended", Tone.DIM),
                Piece(words.scopes(row.scopes), plain),
                Piece(words.program(row.executable or row.client_name), plain),
                piece(str(row.uses), plain),
                ends,
            ),
            width,
        )

    def _ends(self, row: Grant, now: float) -> Piece:
        if row.remember is Remember.UNTIL_LOCK:
            return piece("until lock")
        return piece(left(row.expires_at - now))

    def subtitle(self) -> tuple[Piece, ...]:
        """Return how many live."""
        return (piece(f"{self.live} live", Tone.DIM),) if self.rows() else ()

    def badge(self) -> Piece | None:
        """Return how many live."""
        return piece(str(self.live), Tone.DIM) if self.live else None

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "No grant lives: every request asks you."

    @property
    def live(self) -> int:
        """How many grants live."""
        now = self.desk.clock()
        return sum(lives(g, now) for g in value_of(self.source()) or ())

    def opens(self) -> bool:
        """Tell everything about the selected grant."""
        row = self.selected
        if row is not None:
            from entraclaw_tui.dashboard.sheets.grant import GrantSheet

            self.app.push_screen(GrantSheet(self.desk, row, self.TITLE))
        return True

    # -- keys

    def situation(self) -> Situation:
        """Return what holds for the selected grant."""
        row = self.selected
        live = row is not None and lives(row, self.desk.clock())
        return msgspec.structs.replace(super().situation(), live=live, any_live=self.live > 0)

    def action_revoke(self) -> None:
        """End the selected grant."""
        grant = self.meant("grants.revoke")
        if grant is not None:
            self.post_message(self.Revoked(grant))

    def action_revoke_all(self) -> None:
        """End every grant, after a question."""
        if self.may("grants.revoke_all"):
            self.post_message(self.Revoked(None))
