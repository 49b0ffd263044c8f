"""The digest of a request: one text over everything that would be exchanged, and for whom."""

from __future__ import annotations

import hashlib

import msgspec


class Essence(msgspec.Struct, frozen=True):
    """What a person allows. Two requests with one essence ask for the same thing."""

    flow: str
    agent: str
    tenant: str
    account: str
    resource: str
    scopes: tuple[str, ...]
    identity: str
    process: str
    assertion: str
    """SHA-256 of the user assertion that came with the request, or empty."""
    claims: str = ""
    """What the resource demanded of the token (a claims challenge), or empty."""

    def digest(self, request_id: str) -> str:
        """Return SHA-256, hex, over this essence in one request."""
        body = msgspec.json.encode((request_id, self), order="deterministic")
        return hashlib.sha256(body).hexdigest()
