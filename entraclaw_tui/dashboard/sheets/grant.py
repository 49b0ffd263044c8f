"""One grant: what was asked, by which decision it lives, what was done with it, and its end."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import audit_story, grant_facts, words
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import GRANTS, REQUESTS, TOKENS
from entraclaw_tui.dashboard.lines import Line, Piece
from entraclaw_tui.dashboard.sheets.audited_sheet import AuditedSheet
from entraclaw_tui.model.consent import AuditEntry, Grant, Request
from entraclaw_tui.model.source import value_of


class GrantSheet(AuditedSheet):
    """Stays with its grant, whatever becomes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grant", "details")]

    def __init__(self, desk: Desk, grant: Grant, pane: str) -> None:
        super().__init__(desk, pane, Piece(words.scopes(grant.scopes)))
        self._grant = grant

    @property
    def grant(self) -> Grant:
        """The grant as it stands now."""
        known = value_of(self.desk.store.get(GRANTS)) or ()
        self._grant = next((g for g in known if g.id == self._grant.id), self._grant)
        return self._grant

    def live(self) -> bool:
        """Return whether it still counts."""
        return grant_facts.lives(self.grant, self.desk.clock())

    def subject(self) -> object:
        """Return the grant."""
        return self.grant

    def ids(self) -> Collection[str]:
        """Return the grant, and the request that it came from."""
        decision = self._decision()
        return (self._grant.id, decision.subject if decision is not None else "")

    def facts(self) -> list[Line]:
        """Return the grant, its decision and its tokens."""
        now = self.desk.clock()
        known = value_of(self.desk.store.get(TOKENS)) or ()
        return [
            *grant_facts.lines(self.grant, now),
            *grant_facts.decided(self._decision(), self._request(), read=self.entries is not None),
            *grant_facts.tokens(known, self.grant, now),
        ]

    def keys(self) -> Line:
        """Return the key that ends it, while it lives."""
        return self.cap("grant.revoke")

    def action_revoke(self) -> None:
        """End the grant."""
        what = f"{words.scopes(self._grant.scopes)} for {words.program(self._grant.executable)}"
        self.send("grant.revoke", self.desk.link.revoke(self._grant.id), f"Revoked {what}.")

    def _decision(self) -> AuditEntry | None:
        return audit_story.decision(self.entries or (), self._grant.id)

    def _request(self) -> Request | None:
        decision = self._decision()
        known = value_of(self.desk.store.get(REQUESTS)) or ()
        id = decision.subject if decision is not None else ""
        return next((r for r in known if r.id == id), None)
