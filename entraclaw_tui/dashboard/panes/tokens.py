"""Which tokens exist, where they are kept and when they end. Never their text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import BindingType
from textual.message import Message

from entraclaw_tui.dashboard import words
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.ages import left
from entraclaw_tui.dashboard.key import TOKENS
from entraclaw_tui.dashboard.lines import Column, Line, Piece, Tone, fit, header, piece
from entraclaw_tui.dashboard.sparkline import sparkline
from entraclaw_tui.dashboard.token_facts import ended_at, lives
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.model.consent import Pause, TokenInfo
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean

SOON = 300.0
"""Seconds before its end from which a token wants a look."""
LINGER = 3600.0
"""Seconds for which a token that ended stays listed."""
_HISTORY = 20
"""Exchanges that are shown as bars."""
_TELLING = 3
"""Fewer of them tell nothing."""

_COLUMNS = (
    Column("", 1),
    Column("token for", flex=1),
    Column("client", flex=1),
    Column("resource", 10, from_width=70),
    Column("kept in", 8, from_width=50),
    Column("ends in", 9, right=True),
)


class TokensPane(ListPane[TokenInfo]):
    """Tokens that live, oldest first; below them those that ended in the last hour."""

    class SignInWanted(Message):
        """The person wants to sign in, or out."""

    class Changed(Message):
        """A grant's token is to be renewed, or forgotten."""

        def __init__(self, token: TokenInfo, *, forget: bool) -> None:
            super().__init__()
            self.token = token
            self.forget = forget

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tokens")]
    NAME = "tokens"
    NUMBER = 7
    TITLE = "Tokens"
    SHORT = "Tokens"

    def source(self) -> Source[tuple[TokenInfo, ...]] | None:
        """Return the tokens as the worker tells them."""
        return self.desk.store.get(TOKENS)

    def rows(self) -> Sequence[TokenInfo]:
        """Return the live ones, then the ended ones, newest end first."""
        now = self.desk.clock()
        known = value_of(self.source()) or ()
        over = [t for t in known if not lives(t, now) and now - ended_at(t) < LINGER]
        over.sort(key=ended_at, reverse=True)
        live = sorted((t for t in known if lives(t, now)), key=lambda t: (t.issued_at, t.id))
        return [*live, *over]

    def id_of(self, row: TokenInfo) -> str:
        """Return the token's id."""
        return row.id

    def columns(self, width: int) -> Line | None:
        """Return the column titles."""
        return header(_COLUMNS, width)

    def paint(self, row: TokenInfo, width: int, now: float) -> Line:
        """Return a sign, scopes, client, resource, where it is kept and when it ends."""
        signs = self.desk.symbols
        live = lives(row, now)
        plain = Tone.PLAIN if live else Tone.DIM
        seconds = row.expires_at - now
        sign = piece(signs.nothing, Tone.DIM)
        ends = piece("ended", Tone.DIM)
        if live:
            soon = seconds < SOON
            sign = piece(signs.look, Tone.LOOK) if soon else piece(signs.fine, Tone.GOOD)
            ends = piece(left(seconds), Tone.LOOK if soon else Tone.PLAIN)
        return fit(
            _COLUMNS,
            (
                sign,
                Piece(words.scopes(row.scopes), plain),
                Piece(clean(row.client_name, 60), plain),
                Piece(words.resource(row.resource), Tone.DIM),
                Piece(clean(row.kept_in), Tone.DIM),
                ends,
            ),
            width,
        )

    def subtitle(self) -> tuple[Piece, ...]:
        """Return how many live, how long exchanges took, and what Entra asked for."""
        parts = [piece(f"{self._live} live", Tone.DIM)] if self.rows() else []
        if history := self._history():
            parts += [piece(f" {self.desk.symbols.dot} ", Tone.DIM), *history]
        for pause in self._pauses():
            wait = left(pause.until - self.desk.clock())
            who = clean(pause.account, 40)
            parts.append(Piece(Shown(f"  Entra wants a pause for {who}: {wait}"), Tone.LOOK))
        return tuple(parts)

    def _history(self) -> tuple[Piece, ...]:
        """Return the last exchanges: a bar each, and the range in milliseconds."""
        known = value_of(self.source()) or ()
        took = [
            t.exchange_ms
            for t in sorted(known, key=lambda t: t.issued_at)
            if t.exchange_ms and not t.from_cache
        ][-_HISTORY:]
        if len(took) < _TELLING:
            return ()
        bars = Piece(sparkline(took, self.desk.symbols.bars), Tone.DIM)
        least, most = min(took), max(took)
        spread = f"{most}" if least == most else f"{least}-{most}"
        return bars, piece(f" {spread} ms", Tone.DIM)

    def _pauses(self) -> Sequence[Pause]:
        snapshot = self.desk.link.view.snapshot
        now = self.desk.clock()
        pauses = snapshot.worker.pauses if snapshot is not None else ()
        return [pause for pause in pauses if pause.until > now]

    def badge(self) -> Piece | None:
        """Return how many live."""
        return piece(str(self._live), Tone.DIM) if self._live else None

    def nothing(self) -> str:
        """Return what an empty list means."""
        return "No token exists. One comes with each request that you allow."

    def situation(self) -> Situation:
        """Return what holds for the selected token: whether a live grant keeps it."""
        row = self.selected
        live = row is not None and bool(row.grant_id) and lives(row, self.desk.clock())
        return msgspec.structs.replace(super().situation(), live=live)

    def action_renew(self) -> None:
        """Exchange the grant's token anew."""
        self._change("tokens.renew", forget=False)

    def action_forget(self) -> None:
        """Throw the grant's token away."""
        self._change("tokens.forget", forget=True)

    def _change(self, id: str, *, forget: bool) -> None:
        row = self.selected
        if row is not None and not row.grant_id:
            self.post_message(self.Said("It was allowed once: no grant keeps this token."))
            return
        row = self.meant(id)
        if row is not None:
            self.post_message(self.Changed(row, forget=forget))

    def action_sign_in(self) -> None:
        """Show who is signed in, and the way in or out."""
        self.post_message(self.SignInWanted())

    @property
    def _live(self) -> int:
        now = self.desk.clock()
        return sum(lives(t, now) for t in value_of(self.source()) or ())

    def opens(self) -> bool:
        """Tell everything about the selected token but its text."""
        row = self.selected
        if row is not None:
            from entraclaw_tui.dashboard.sheets.token import TokenSheet

            self.app.push_screen(TokenSheet(self.desk, row, self.TITLE))
        return True
