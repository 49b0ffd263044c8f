"""How an agent identity proves itself, and its user: by tokens that its blueprint got for it.

learn.microsoft.com/entra/agent-id/agent-oauth-protocols; the linkage is checked by `azp` and `sub`,
the audience is that of the token exchange.
"""

from __future__ import annotations

from collections.abc import Mapping

import jwt

from entraclaw_tui.demo.entra.directory import EXCHANGE, App, Directory, User
from entraclaw_tui.demo.entra.minting import Mint
from entraclaw_tui.demo.entra.proofs import presented
from entraclaw_tui.demo.entra.refusals import Refusal, bad_client, bad_grant, missing_parameter

_SKEW = 60
"""Seconds that clocks may differ."""


class Agents:
    """The agent identities of one tenant."""

    def __init__(self, directory: Directory, mint: Mint) -> None:
        self._directory = directory
        self._mint = mint

    def blueprint(self, agent: App) -> App:
        """Return the application that vouches for an agent identity."""
        found = self._directory.app(agent.blueprint)
        if found is None:
            raise LookupError(f"{agent.name} has no blueprint")
        return found

    def child(self, blueprint: App, path: str) -> App:
        """Return the agent identity that `fmi_path` names. Raises Refusal."""
        if not path:
            raise missing_parameter("fmi_path")
        agent = self._directory.app(path)
        if agent is None or agent.blueprint != blueprint.client_id:
            raise Refusal(
                400,
                "unauthorized_client",
                700016,
                f"Application with identifier '{path[:64]}' was not found as a child of "
                f"'{blueprint.client_id}'.",
            )
        return agent

    def check_identity(self, agent: App, form: Mapping[str, str], now: float) -> None:
        """Return if a token of its blueprint vouches for `agent`. Raises Refusal."""
        assertion = presented(agent, form)
        claims = self._claims(assertion or "")
        vouched = (
            claims.get("aud") == EXCHANGE
            and claims.get("azp") == agent.blueprint
            and claims.get("sub") == agent.client_id
        )
        if not vouched:
            raise bad_client(
                700213,
                "No matching federated identity record found for presented assertion subject "
                f"'{str(claims.get('sub', ''))[:64]}'.",
            )
        if not _in_time(claims, now):
            raise bad_client(700024, "Client assertion is not within its valid time range.")

    def user_of(self, agent: App, form: Mapping[str, str], now: float) -> User:
        """Return the agent's own user, vouched for by the agent's token. Raises Refusal."""
        credential = form.get("user_federated_identity_credential")
        if not credential:
            raise missing_parameter("user_federated_identity_credential")
        claims = self._claims(credential)
        if claims.get("aud") != EXCHANGE or claims.get("azp") != agent.client_id:
            raise bad_grant(
                700211,
                "No matching federated identity record found for presented assertion issuer.",
            )
        if claims.get("idtyp") != "app":
            raise bad_grant(700229, "The federated identity credential must be an app-only token.")
        if not _in_time(claims, now):
            raise bad_grant(500133, "Assertion is not within its valid time range.")
        name = form.get("user_id") or form.get("username") or ""
        if not name:
            raise missing_parameter("user_id")
        user = self._directory.user(name)
        if user is None or user.agent != agent.client_id:
            raise bad_grant(50034, "The user account does not exist for this agent identity.")
        return user

    def _claims(self, token: str) -> dict[str, object]:
        try:
            return self._mint.read_own(token)
        except jwt.InvalidTokenError:
            raise bad_client(700027, "The client assertion failed signature validation.") from None


def _in_time(claims: Mapping[str, object], now: float) -> bool:
    ends = claims.get("exp")
    return isinstance(ends, int) and now < ends + _SKEW
