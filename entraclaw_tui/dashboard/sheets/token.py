"""One token: what it is for, how it came, what keeps it, and every exchange behind it."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import token_facts, words
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import TOKENS
from entraclaw_tui.dashboard.lines import Line, Piece, Tone
from entraclaw_tui.dashboard.sheets.audited_sheet import AuditedSheet
from entraclaw_tui.model.consent import TokenInfo
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown

ONCE = Shown("It was allowed once: no grant keeps this token.")


class TokenSheet(AuditedSheet):
    """Shows no token's text: the worker never tells it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("token", "details")]

    def __init__(self, desk: Desk, token: TokenInfo, pane: str) -> None:
        super().__init__(desk, pane, Piece(words.scopes(token.scopes)))
        self._token = token

    @property
    def token(self) -> TokenInfo:
        """The token as it stands now."""
        known = value_of(self.desk.store.get(TOKENS)) or ()
        self._token = next((t for t in known if t.id == self._token.id), self._token)
        return self._token

    def live(self) -> bool:
        """Return whether a live grant keeps it."""
        token = self.token
        return bool(token.grant_id) and token_facts.lives(token, self.desk.clock())

    def subject(self) -> object:
        """Return the token."""
        return self.token

    def ids(self) -> Collection[str]:
        """Return the request and the grant that it came from."""
        return (self._token.request_id, self._token.grant_id)

    def facts(self) -> list[Line]:
        """Return everything but the text."""
        return token_facts.lines(self.token, self.desk.clock())

    def keys(self) -> Line:
        """Return the keys that change it, as far as they work."""
        return (*self.cap("token.renew"), *self.cap("token.forget"))

    def action_renew(self) -> None:
        """Exchange the grant's token anew."""
        if self._kept():
            what = words.scopes(self._token.scopes)
            call = self.desk.link.renew(self._token.grant_id)
            self.send("token.renew", call, f"Renewed: {what}.")

    def action_forget(self) -> None:
        """Throw the grant's token away."""
        if self._kept():
            what = words.scopes(self._token.scopes)
            call = self.desk.link.forget(self._token.grant_id)
            self.send("token.forget", call, f"Forgotten: {what}. Its next use is a new one.")

    def _kept(self) -> bool:
        if not self._token.grant_id:
            self.say(ONCE, Tone.LOOK)
        return bool(self._token.grant_id)
