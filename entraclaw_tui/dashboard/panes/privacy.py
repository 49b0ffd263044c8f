"""What macOS has allowed the agent: the rows of both TCC databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import concerns, privacy_rows, words
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import date
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import PRIVACY
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fit, header, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.privacy import COUNTS, Privacy, PrivacyGrant
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean

if TYPE_CHECKING:  # the first picture compares nothing
    from entraclaw_tui.macos.tcc_match import Match

_COLUMNS = (
    Column("", 1),
    Column("may use", flex=3),
    Column("program", flex=2),
    Column("state", 9, from_width=44),
    Column("since", 11, right=True, from_width=60),
)
_READ = "read"
_UNREAD = frozenset({"denied", "damaged"})


class PrivacyPane(ListPane[PrivacyGrant]):
    """The grants, in the databases' order."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("privacy")]
    NAME = "privacy"
    NUMBER = 6
    TITLE = "Privacy"
    SHORT = "Privacy"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._matches: dict[PrivacyGrant, Match] = {}
        """How rows fitted when they were looked at last."""

    def source(self) -> Source[Privacy] | None:
        """Return the grants as they were read here or by the worker."""
        return self.desk.store.get(PRIVACY)

    def rows(self) -> Sequence[PrivacyGrant]:
        """Return the grants."""
        privacy = value_of(self.source())
        return privacy.grants if privacy is not None else ()

    def id_of(self, row: PrivacyGrant) -> str:
        """Return what the database's own key is made of."""
        return f"{row.scope}\0{row.service}\0{row.client}\0{row.target}"

    def columns(self, width: int) -> Line | None:
        """Return the column titles."""
        return header(_COLUMNS, width)

    def paint(self, row: PrivacyGrant, width: int, now: float) -> Line:
        """Return a sign, what may be used, by which program, and since when."""
        return fit(
            _COLUMNS,
            (
                self._sign(row),
                Piece(self._use(row)),
                Piece(_short(row.client), Tone.DIM),
                self._state(row),
                piece(date(row.changed_at, now) if row.changed_at else "", Tone.DIM),
            ),
            width,
        )

    def words(self, row: PrivacyGrant) -> str:
        """Return what a row shows, and the whole program; not painted, for thousands of rows."""
        name = row.name or row.service
        return f"{name} {row.target} {row.client} {self._state(row).text}"

    def _sign(self, row: PrivacyGrant) -> Piece:
        signs = self.desk.symbols
        fine = privacy_rows.sign(row, signs)
        thing = privacy_rows.thing(self.desk, row)
        return concerns.marked(self.desk.store, "privacy", thing, fine, signs)

    def _state(self, row: PrivacyGrant) -> Piece:
        """Return the database's word, or `stale` for a grant that does not count any more."""
        found = concerns.about(self.desk.store, "privacy", privacy_rows.thing(self.desk, row))
        bad = concerns.worst(concerns.counted(found))
        if bad is not None and row.state in COUNTS:
            return piece("stale", concerns.tone(bad))
        return Piece(clean(row.state), privacy_rows.tone(row))

    def _use(self, row: PrivacyGrant) -> Shown:
        target = f" {self.desk.symbols.arrow} {_short(row.target)}" if row.target else ""
        return Shown(clean(row.name or row.service, 60) + target)

    def subtitle(self) -> tuple[Piece, ...]:
        """Return which databases were read, and by whom where it was not this panel."""
        privacy = value_of(self.source())
        if privacy is None:
            return ()
        told = {"user": privacy.user_database, "system": privacy.system_database}
        read = [name for name, state in told.items() if state == _READ]
        rest = [f"{name} {clean(state, 30)}" for name, state in told.items() if state != _READ]
        by = " by the worker" if privacy.read_by else ""
        words_read = " + ".join(read) + f" read{by}" if read else ""
        dot = f" {self.desk.symbols.dot} "
        pieces = [Piece(Shown(words_read), Tone.DIM)] if read else []
        if rest:
            pieces.append(Piece(Shown((dot if read else "") + dot.join(rest)), Tone.LOOK))
        return tuple(pieces)

    def badge(self) -> Piece | None:
        """Return a sign where a database could not be read, else how many rows there are."""
        privacy = value_of(self.source())
        if privacy is None:
            return None
        # A denial is a person's choice and no fault; not being able to look is one.
        if {privacy.user_database, privacy.system_database} & _UNREAD:
            return piece(self.desk.symbols.look, Tone.LOOK)
        return piece(str(len(privacy.grants)), Tone.DIM) if privacy.grants else None

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "macOS has been asked nothing on behalf of the agent."

    def opens(self) -> bool:
        """Tell everything about the selected row."""
        row = self.selected
        if row is not None:
            from entraclaw_tui.dashboard.sheets.privacy_grant import PrivacyGrantSheet

            sheet = PrivacyGrantSheet(self.desk, row, self.TITLE, self._matches)
            self.app.push_screen(sheet)
        return True

    def action_databases(self) -> None:
        """Tell which databases were read, by whom, and what to do."""
        from entraclaw_tui.dashboard.sheets.privacy_databases import PrivacyDatabasesSheet

        self.app.push_screen(PrivacyDatabasesSheet(self.desk, self.TITLE))


def _short(client: str) -> Shown:
    """Return a program's own name: the end of its path, or of its bundle's name."""
    return words.program(client) if "/" in client else clean(client.rpartition(".")[2], 60)
