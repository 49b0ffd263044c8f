"""The consents of the directory, what Graph calls oauth2PermissionGrants.

Not to be mixed with the approvals of the panel: these say what an application may ever ask for a
person; without one, the authority answers AADSTS65001.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra.directory import folder, load
from entraclaw_tui.demo.entra.table import Table
from entraclaw_tui.macos.host import Host


class Consent(msgspec.Struct, frozen=True):
    """One application may ask these scopes of one resource for one person."""

    client_id: str
    principal: str
    """The person's object id; empty for permissions of the application itself."""
    resource: str
    scopes: tuple[str, ...]


class Consents:
    """The table of consents in a folder."""

    def __init__(self, where: Path) -> None:
        self._table = Table(where / "consents.json", Consent)

    def scopes(self, client_id: str, principal: str, resource: str) -> frozenset[str]:
        """Return what is consented."""
        key = (client_id, principal, resource)
        found = (c.scopes for c in self._table.read() if _key(c) == key)
        return frozenset(next(found, ()))

    def roles(self, client_id: str, resource: str) -> frozenset[str]:
        """Return what an application may do as itself (its application permissions)."""
        return self.scopes(client_id, "", resource)

    def add(self, client_id: str, principal: str, resource: str, scopes: Iterable[str]) -> None:
        """Consent to more."""
        self._change(client_id, principal, resource, add=frozenset(scopes))

    def remove(self, client_id: str, principal: str, resource: str, scopes: Iterable[str]) -> None:
        """Take consent away."""
        self._change(client_id, principal, resource, remove=frozenset(scopes))

    def _change(
        self,
        client_id: str,
        principal: str,
        resource: str,
        add: frozenset[str] = frozenset(),
        remove: frozenset[str] = frozenset(),
    ) -> None:
        key = (client_id, principal, resource)
        with self._table.change() as rows:
            old = next((c.scopes for c in rows if _key(c) == key), ())
            rows[:] = [c for c in rows if _key(c) != key]
            left = tuple(sorted((frozenset(old) | add) - remove))
            if left:
                rows.append(Consent(client_id, principal, resource, left))


def grant_consent(
    host: Host, resource: str, scopes: Iterable[str], *, upn: str = "", client_id: str = ""
) -> None:
    """Consent for a person (the first one) and an application (the agent's). Counts at once."""
    Consents(folder(host)).add(*_who(host, client_id, upn), resource, scopes)


def revoke_consent(
    host: Host, resource: str, scopes: Iterable[str], *, upn: str = "", client_id: str = ""
) -> None:
    """Take consent away again. Counts for the next exchange; tokens already made live on."""
    Consents(folder(host)).remove(*_who(host, client_id, upn), resource, scopes)


def _who(host: Host, client_id: str, upn: str) -> tuple[str, str]:
    directory = load(folder(host))
    user = directory.user(upn) if upn else directory.users[0]
    if user is None:
        raise LookupError(f"{upn} is not in the directory")
    agent = next(a for a in directory.apps if a.kind == "confidential")
    return client_id or agent.client_id, user.oid


def _key(consent: Consent) -> tuple[str, str, str]:
    return consent.client_id, consent.principal, consent.resource
