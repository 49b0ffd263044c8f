"""What macOS has allowed the agent: the rows of both TCC databases."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import date, moment
from entraclaw_tui.dashboard.key import PRIVACY
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fact, fit, header, piece
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean

_COLUMNS = (
    Column("", 1),
    Column("may use", flex=3),
    Column("program", flex=2),
    Column("state", 9, from_width=44),
    Column("since", 11, right=True, from_width=60),
)
_UNREAD = frozenset({"denied", "damaged"})
_GRANTED = frozenset({"granted", "limited", "add only", "this run only"})


class PrivacyPane(ListPane[PrivacyGrant]):
    """The grants, in the databases' order."""

    NAME = "privacy"
    NUMBER = 6
    TITLE = "Privacy"
    SHORT = "Privacy"

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

    def _sign(self, row: PrivacyGrant) -> Piece:
        signs = self.desk.symbols
        tone = _tone(row)
        sign = {Tone.GOOD: signs.fine, Tone.BAD: signs.bad}.get(tone, signs.look)
        thing = self._thing(row)
        return concerns.marked(self.desk.store, "privacy", thing, piece(sign, tone), signs)

    def _thing(self, row: PrivacyGrant) -> str:
        """Return the row's name in findings: its service and its program."""
        client = self.desk.host.shown(row.client) if row.client_is_path else row.client
        return f"{row.service} {client}"

    def _state(self, row: PrivacyGrant) -> Piece:
        """Return the database's word, or `stale` for a grant that does not count any more."""
        found = concerns.about(self.desk.store, "privacy", self._thing(row))
        bad = concerns.worst(concerns.counted(found))
        if bad is not None and row.state in _GRANTED:
            return piece("stale", concerns.tone(bad))
        return Piece(clean(row.state), _tone(row))

    def _use(self, row: PrivacyGrant) -> Shown:
        target = f" {self.desk.symbols.arrow} {_short(row.target)}" if row.target else ""
        return Shown(clean(row.name or row.service, 60) + target)

    def subtitle(self) -> tuple[Piece, ...]:
        """Return which databases were read."""
        privacy = value_of(self.source())
        if privacy is None:
            return ()
        told = {"user": privacy.user_database, "system": privacy.system_database}
        read = [name for name, state in told.items() if state == "read"]
        rest = [f"{name} {clean(state, 30)}" for name, state in told.items() if state != "read"]
        words_read = " + ".join(read) + " read" if read else ""
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

    def details(self, row: PrivacyGrant, now: float) -> list[Line]:
        """Return the whole row."""
        client = self.desk.host.shown(row.client) if row.client_is_path else row.client
        return [
            fact("may use", Piece(self._use(row), Tone.STRONG)),
            fact("service", Piece(clean(row.service))),
            fact("program", Piece(clean(client))),
            fact("named by", piece("its path" if row.client_is_path else "its bundle")),
            *([fact("target", Piece(clean(row.target)))] if row.target else []),
            fact("state", Piece(clean(row.state), _tone(row))),
            fact("because", Piece(clean(row.reason or "unknown"))),
            fact("since", piece(moment(row.changed_at) if row.changed_at else "unknown")),
            fact("database", Piece(clean(row.scope))),
            *concerns.lines(self.desk.store, "privacy", self._thing(row), self.desk.symbols),
            fact("bound to", Piece(clean(row.requirement or "no code requirement", 2000))),
        ]


def _tone(row: PrivacyGrant) -> Tone:
    if row.state in _GRANTED:
        return Tone.GOOD
    return Tone.BAD if row.state == "denied" else Tone.LOOK


def _short(client: str) -> Shown:
    """Return a program's own name: the end of its path, or of its bundle's name."""
    return words.program(client) if "/" in client else clean(client.rpartition(".")[2], 60)
