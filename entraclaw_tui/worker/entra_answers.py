"""What Entra answers, as values of ours. Pure."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from entraclaw_tui.worker.wish import Token

# Entra adds these by itself (OpenID Connect); they are no permissions of a resource.
_OPENID = frozenset({"openid", "profile", "email", "offline_access"})


@dataclass(frozen=True, slots=True)
class DeviceFlow:
    """A sign-in that waits for a person at another screen (RFC 8628)."""

    user_code: str
    verification_uri: str
    expires_at: float
    interval: float
    flow: dict[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserToken:
    """What a person's sign-in or its renewal gave."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    upn: str


def qualified(resource: str, scope: str) -> str:
    """Return a scope with its resource, as Entra wants it."""
    base = resource.rstrip("/")
    return scope if scope.startswith(base + "/") else f"{base}/{scope}"


def token(answer: Mapping[str, object], resource: str, milliseconds: int) -> Token:
    """Return the token of an exchange, its scopes by their short names."""
    prefix = resource.rstrip("/") + "/"
    granted = [s.removeprefix(prefix) for s in str(answer.get("scope") or "").split()]
    return Token(
        access_token=str(answer["access_token"]),
        token_type=str(answer.get("token_type") or "Bearer"),
        expires_at=time.time() + number(answer.get("expires_in"), 0),
        scopes=tuple(s for s in granted if s not in _OPENID),
        milliseconds=milliseconds,
    )


def user_token(answer: Mapping[str, object]) -> UserToken:
    """Return the person's token of a sign-in or a refresh."""
    return UserToken(
        str(answer["access_token"]),
        str(answer.get("refresh_token") or ""),
        time.time() + number(answer.get("expires_in"), 0),
        upn(answer),
    )


def upn(answer: Mapping[str, object]) -> str:
    """Return whose token it is, by its ID token; empty where it does not say."""
    claims = answer.get("id_token_claims")
    name = claims.get("preferred_username") if isinstance(claims, Mapping) else ""
    return name if isinstance(name, str) else ""


def number(value: object, otherwise: float) -> float:
    """Return a number that may come as text (`expires_in` does, from older endpoints)."""
    try:
        return float(value) if isinstance(value, (int, float, str)) else otherwise
    except ValueError:
        return otherwise
