"""Making and checking the authority's own tokens.

Claims as in learn.microsoft.com/entra/identity-platform/access-token-claims-reference (v2.0).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

import jwt
import msgspec

from entraclaw_tui.demo.entra.directory import App, Directory, User
from entraclaw_tui.demo.entra.keys import Signer, b64url
from entraclaw_tui.demo.entra.refusals import bad_grant

LIFETIME = 3600
"""Seconds that an access token lives."""


class Mint:
    """Makes the tokens of one tenant."""

    def __init__(self, directory: Directory, signer: Signer) -> None:
        self._directory = directory
        self._signer = signer

    def access_token(
        self,
        issuer: str,
        app: App,
        user: User,
        audience: str,
        scopes: Iterable[str],
        now: float,
        lifetime: int = LIFETIME,
    ) -> str:
        """Return an access token for a person, asked by an application."""
        agent: dict[str, object] = {}
        if app.blueprint:
            agent = {"xms_act_fct": "11", "xms_par_app_azp": app.blueprint}
        if user.agent:
            agent["xms_sub_fct"] = "13"  # AgentIDUser
        return self._sign(
            agent
            | {
                "aud": audience,
                "iss": issuer,
                "iat": int(now),
                "nbf": int(now),
                "exp": int(now) + lifetime,
                "azp": app.client_id,
                "appid": app.client_id,
                "azpacr": "0" if app.kind == "public" else "2",
                "idtyp": "user",
                "name": user.name,
                "oid": user.oid,
                "preferred_username": user.upn,
                "upn": user.upn,
                "scp": " ".join(scopes),
                "sub": _pairwise(user.oid, audience),
                "tid": self._directory.tenant,
                "uti": b64url(uuid.uuid4().bytes),
                "ver": "2.0",
            }
        )

    def app_token(
        self,
        issuer: str,
        app: App,
        audience: str,
        now: float,
        *,
        subject: str = "",
        roles: Iterable[str] = (),
    ) -> str:
        """Return a token of an application as itself; `subject` where it is for another."""
        claims: dict[str, object] = {
            "aud": audience,
            "iss": issuer,
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + LIFETIME,
            "azp": app.client_id,
            "appid": app.client_id,
            "azpacr": "2",
            "idtyp": "app",
            "oid": app.client_id,
            "sub": subject or app.client_id,
            "tid": self._directory.tenant,
            "uti": b64url(uuid.uuid4().bytes),
            "ver": "2.0",
        }
        if roles := tuple(roles):
            claims["roles"] = roles
        if app.blueprint:
            # 11 is AgentIdentity (learn.microsoft.com/entra/agent-id/agent-token-claims).
            claims |= {"xms_act_fct": "11", "xms_par_app_azp": app.blueprint}
        return self._sign(claims)

    def read_own(self, token: str) -> dict[str, object]:
        """Return the claims of a token that this authority signed. Raises jwt.InvalidTokenError.

        Times and audience are the caller's to check.
        """
        found = jwt.decode(
            token,
            self._signer.public,
            algorithms=["RS256"],
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "require": ["aud", "exp", "azp", "sub", "tid"],
            },
        )
        return dict(found)

    def id_token(self, issuer: str, app: App, user: User, now: float) -> str:
        """Return an ID token: who signed in."""
        return self._sign(
            {
                "aud": app.client_id,
                "iss": issuer,
                "iat": int(now),
                "nbf": int(now),
                "exp": int(now) + LIFETIME,
                "name": user.name,
                "oid": user.oid,
                "preferred_username": user.upn,
                "sub": _pairwise(user.oid, app.client_id),
                "tid": self._directory.tenant,
                "ver": "2.0",
            }
        )

    def client_info(self, user: User) -> str:
        """Return what MSAL keys an account by."""
        info = {"uid": user.oid, "utid": self._directory.tenant}
        return b64url(msgspec.json.encode(info))

    def read_assertion(self, token: str, app: App, now: float) -> User:
        """Return whose token it is. Raises Refusal unless it is ours, for `app`, and in time."""
        try:
            claims = self.read_own(token)
        except jwt.InvalidTokenError:
            raise bad_grant(
                50013,
                "Assertion failed signature validation. [Reason - The key was not found or the "
                "token is malformed.]",
            ) from None
        audience, expires = claims["aud"], claims["exp"]
        if audience not in (app.client_id, app.api):
            raise bad_grant(
                500131,
                "Assertion audience does not match the Client app presenting the assertion. The "
                f"audience in the assertion was '{audience}' and the expected audience is "
                f"'{app.client_id}' or one of the Application Uris of this application with App "
                f"ID '{app.client_id}'.",
            )
        if not isinstance(expires, int) or expires <= now:
            raise bad_grant(
                500133,
                "Assertion is not within its valid time range. Ensure that the access token is "
                "not expired before using it for user assertion, or request a new token.",
            )
        if claims.get("idtyp") != "user" or claims["tid"] != self._directory.tenant:
            raise bad_grant(
                7000114,
                f"Application '{app.client_id}' is not allowed to make application on-behalf-of "
                "calls.",
            )
        user = self._directory.user(str(claims.get("oid", "")))
        if user is None:
            raise bad_grant(50173, "The provided grant has expired due to it being revoked.")
        return user

    def _sign(self, claims: dict[str, object]) -> str:
        return jwt.encode(claims, self._signer.key, "RS256", headers={"kid": self._signer.kid})


def _pairwise(oid: str, audience: str) -> str:
    return b64url(hashlib.sha256(f"{oid}|{audience}".encode()).digest())
