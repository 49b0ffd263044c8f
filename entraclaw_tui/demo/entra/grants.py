"""The token endpoint: what each grant type gives, once everything has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from entraclaw_tui.demo.entra.agents import Agents
from entraclaw_tui.demo.entra.consents import Consents
from entraclaw_tui.demo.entra.devices import INTERVAL, Devices
from entraclaw_tui.demo.entra.directory import EXCHANGE, App, Directory, User
from entraclaw_tui.demo.entra.minting import LIFETIME, Mint
from entraclaw_tui.demo.entra.proofs import check_client
from entraclaw_tui.demo.entra.refresh import RefreshTokens
from entraclaw_tui.demo.entra.refusals import (
    bad_grant,
    consent_required,
    default_alone,
    missing_parameter,
    unknown_app,
    unsupported_grant,
)
from entraclaw_tui.demo.entra.scopes import Asked, read_scope

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
CLIENT_CREDENTIALS = "client_credentials"
USER_FIC = "user_fic"


class Grants:
    """The grants of one tenant."""

    def __init__(self, where: Path, directory: Directory, mint: Mint) -> None:
        self._directory = directory
        self._mint = mint
        self._consents = Consents(where)
        self._refresh = RefreshTokens(where)
        self._devices = Devices(where)
        self._agents = Agents(directory, mint)

    def token(
        self, form: Mapping[str, str], issuer: str, audiences: tuple[str, ...], now: float
    ) -> dict[str, object]:
        """Return the answer to a form. Raises Refusal."""
        app = self.app(form)
        grant = form.get("grant_type", "")
        if not grant:
            raise missing_parameter("grant_type")
        if app.kind == "agent":
            self._agents.check_identity(app, form, now)
        else:
            check_client(app, form, audiences, now)
        if grant == CLIENT_CREDENTIALS:
            return self._as_itself(app, form, issuer, now)
        if grant == JWT_BEARER:
            user, asked = self._on_behalf(app, form, now)
        elif grant == USER_FIC and app.kind == "agent":
            user, asked = self._agents.user_of(app, form, now), self._asked(form)
        elif grant == "refresh_token":
            principal = self._refresh.redeem(_field(form, "refresh_token"), app, now)
            user, asked = self._person(principal), self._asked(form)
        elif grant == DEVICE_CODE:
            row = self._devices.redeem(_field(form, "device_code"), app, now)
            user, asked = self._person(row.principal), read_scope(row.scope, self._directory)
        else:
            raise unsupported_grant(grant)
        granted = self._consented(app, user, asked)
        return self._answer(app, user, asked, granted, form, issuer, now)

    def begin_device(self, form: Mapping[str, str], base: str, now: float) -> dict[str, object]:
        """Return the codes of a new device sign-in. Raises Refusal."""
        app = self.app(form)
        self._asked(form)
        row = self._devices.begin(app, form["scope"], now)
        page = f"{base}/{self._directory.tenant}/oauth2/deviceauth"
        return {
            "user_code": row.user_code,
            "device_code": row.device_code,
            "verification_uri": page,
            "expires_in": int(row.expires_at - now),
            "interval": INTERVAL,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code "
            f"{row.user_code} to authenticate.",
        }

    def app(self, form: Mapping[str, str]) -> App:
        """Return the application that a form names. Raises Refusal."""
        client_id = _field(form, "client_id")
        app = self._directory.app(client_id)
        if app is None:
            raise unknown_app(client_id[:64], self._directory.domain)
        return app

    def _on_behalf(self, app: App, form: Mapping[str, str], now: float) -> tuple[User, Asked]:
        if app.kind == "public":
            raise bad_grant(
                7000114,
                f"Application '{app.client_id}' is not allowed to make "
                "application on-behalf-of calls.",
            )
        assertion = _field(form, "assertion")
        if form.get("requested_token_use") != "on_behalf_of":
            raise missing_parameter("requested_token_use")
        # A person's token for an agent is one for its blueprint.
        meant = self._agents.blueprint(app) if app.kind == "agent" else app
        return self._mint.read_assertion(assertion, meant, now), self._asked(form)

    def _as_itself(
        self, app: App, form: Mapping[str, str], issuer: str, now: float
    ) -> dict[str, object]:
        if app.kind == "public":
            raise unsupported_grant(CLIENT_CREDENTIALS)
        asked = self._asked(form)
        if asked.scopes != (".default",):
            raise default_alone()
        subject, roles = "", frozenset[str]()
        if "fmi_path" in form:
            if asked.resource != EXCHANGE or app.kind != "confidential":
                raise missing_parameter("scope")
            subject = self._agents.child(app, form["fmi_path"]).client_id
        elif asked.resource == EXCHANGE:
            if app.kind != "agent":
                raise missing_parameter("fmi_path")
        else:
            # Without a role Entra gives the token all the same; the resource refuses it.
            roles = self._consents.roles(app.client_id, asked.resource)
        return {
            "token_type": "Bearer",
            "expires_in": LIFETIME - 1,
            "ext_expires_in": LIFETIME - 1,
            "access_token": self._mint.app_token(
                issuer, app, asked.audience, now, subject=subject, roles=sorted(roles)
            ),
        }

    def _asked(self, form: Mapping[str, str]) -> Asked:
        return read_scope(_field(form, "scope"), self._directory)

    def _person(self, principal: str) -> User:
        user = self._directory.user(principal)
        if user is None:
            raise bad_grant(50173, "The provided grant has expired due to it being revoked.")
        return user

    def _consented(self, app: App, user: User, asked: Asked) -> tuple[str, ...]:
        allowed = self._consents.scopes(app.client_id, user.oid, asked.resource)
        if app.kind == "agent":  # what the blueprint was consented, its agents inherit
            allowed |= self._consents.scopes(app.blueprint, user.oid, asked.resource)
        if asked.scopes == (".default",) and allowed:
            return tuple(sorted(allowed))
        if not allowed.issuperset(asked.scopes):
            raise consent_required(app.client_id, app.name)
        return asked.scopes

    def _answer(
        self,
        app: App,
        user: User,
        asked: Asked,
        granted: tuple[str, ...],
        form: Mapping[str, str],
        issuer: str,
        now: float,
    ) -> dict[str, object]:
        answer: dict[str, object] = {
            "token_type": "Bearer",
            "scope": asked.named(granted),
            "expires_in": LIFETIME - 1,
            "ext_expires_in": LIFETIME - 1,
            "access_token": self._mint.access_token(
                issuer, app, user, asked.audience, granted, now
            ),
        }
        if "openid" in asked.openid:
            answer["id_token"] = self._mint.id_token(issuer, app, user, now)
        if "offline_access" in asked.openid:
            answer["refresh_token"] = self._refresh.issue(app, user, now)
        if form.get("client_info") == "1":
            answer["client_info"] = self._mint.client_info(user)
        return answer


def _field(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise missing_parameter(name)
    return value
