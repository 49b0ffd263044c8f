"""Refresh tokens: only their hashes are kept, as a server would."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra.directory import App, User
from entraclaw_tui.demo.entra.refusals import bad_grant
from entraclaw_tui.demo.entra.table import Table

LIFETIME = 90 * 86400
"""Seconds without use after which a refresh token ends."""
_KEPT = 200


class RefreshRow(msgspec.Struct, frozen=True):
    """One refresh token."""

    sha256: str
    client_id: str
    principal: str
    issued_at: float
    revoked: bool = False


class RefreshTokens:
    """The refresh tokens in a folder."""

    def __init__(self, where: Path) -> None:
        self._table = Table(where / "refresh.json", RefreshRow)

    def issue(self, app: App, user: User, now: float) -> str:
        """Return a new refresh token."""
        token = "1." + secrets.token_urlsafe(48)
        with self._table.change() as rows:
            rows.append(RefreshRow(_hash(token), app.client_id, user.oid, now))
            del rows[:-_KEPT]
        return token

    def redeem(self, token: str, app: App, now: float) -> str:
        """Return whose it is (object id). Raises Refusal. Older ones stay good, as in Entra."""
        wanted = _hash(token)
        row = next((r for r in self._table.read() if r.sha256 == wanted), None)
        if row is None or row.client_id != app.client_id:
            raise bad_grant(9002313, "Invalid request. Request is malformed or invalid.")
        if row.revoked:
            raise bad_grant(
                50173,
                "The provided grant has expired due to it being revoked, a fresh auth token is "
                "needed. The user might have changed or reset their password.",
                "bad_token",
            )
        if row.issued_at + LIFETIME < now:
            raise bad_grant(
                700082, "The refresh token has expired due to inactivity.", "token_expired"
            )
        return row.principal

    def revoke(self, principal: str) -> int:
        """End every refresh token of a person; return how many."""
        with self._table.change() as rows:
            ended = sum(1 for r in rows if r.principal == principal and not r.revoked)
            rows[:] = [
                msgspec.structs.replace(r, revoked=True) if r.principal == principal else r
                for r in rows
            ]
        return ended


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
