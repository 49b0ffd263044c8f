"""Sign-in by device code (RFC 8628): a code here, a confirmation there."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra.directory import App, folder, load
from entraclaw_tui.demo.entra.refusals import Refusal
from entraclaw_tui.demo.entra.table import Table
from entraclaw_tui.macos.host import Host

LIFETIME = 900
INTERVAL = 2
"""Seconds between two questions of the device; Entra says 5, a demo is quicker."""
_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"  # no vowels: no words


class DeviceRow(msgspec.Struct, frozen=True):
    """One sign-in that waits."""

    device_code: str
    user_code: str
    client_id: str
    scope: str
    expires_at: float
    principal: str = ""
    """Who confirmed, by object id."""
    declined: bool = False


class Devices:
    """The device codes in a folder."""

    def __init__(self, where: Path) -> None:
        self._table = Table(where / "devices.json", DeviceRow)

    def begin(self, app: App, scope: str, now: float) -> DeviceRow:
        """Return a new pair of codes."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(9))
        row = DeviceRow(secrets.token_urlsafe(48), code, app.client_id, scope, now + LIFETIME)
        with self._table.change() as rows:
            rows[:] = [r for r in rows if r.expires_at > now - LIFETIME][-50:]
            rows.append(row)
        return row

    def confirm(self, user_code: str, principal: str, now: float, *, decline: bool = False) -> bool:
        """Say yes or no for a person; return whether such a code waits."""
        wanted = user_code.strip().upper().replace("-", "")
        with self._table.change() as rows:
            for index, row in enumerate(rows):
                waits = not row.principal and not row.declined and row.expires_at > now
                if row.user_code == wanted and waits:
                    rows[index] = msgspec.structs.replace(
                        row, principal="" if decline else principal, declined=decline
                    )
                    return True
        return False

    def redeem(self, device_code: str, app: App, now: float) -> DeviceRow:
        """Return the confirmed sign-in, once. Raises Refusal while it waits, or when it ended."""
        rows = self._table.read()
        row = next((r for r in rows if r.device_code == device_code), None)
        if row is None or row.client_id != app.client_id:
            raise Refusal(400, "bad_verification_code", 70000, "The device code is not known.")
        if row.expires_at <= now:
            raise Refusal(400, "expired_token", 70020, "The device code expired.")
        if row.declined:
            raise Refusal(
                400, "authorization_declined", 70019, "The user declined to authorize the device."
            )
        if not row.principal:
            raise Refusal(
                400,
                "authorization_pending",
                70016,
                "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
            )
        with self._table.change() as current:
            current[:] = [r for r in current if r.device_code != device_code]
        return row


def confirm_device(host: Host, user_code: str, upn: str, now: float) -> bool:
    """Confirm a device code for a person, as he would in his browser."""
    where = folder(host)
    user = load(where).user(upn)
    return user is not None and Devices(where).confirm(user_code, user.oid, now)
