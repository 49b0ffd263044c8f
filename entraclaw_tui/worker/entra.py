"""Entra by MSAL: the only file that knows MSAL, and only its public API.

Everything here blocks and runs on the exchange's lane, where MSAL is imported with the first call:
it costs 70 ms and 20 MiB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.credential import AgentKey, UnusableKey, read_key
from entraclaw_tui.worker.entra_answers import DeviceFlow, UserToken, number, user_token
from entraclaw_tui.worker.entra_calls import Calls
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.vouchers import Vouchers

if TYPE_CHECKING:
    import msal

EXCHANGE = "api://AzureADTokenExchange/.default"
"""What vouchers are asked for (learn.microsoft.com/entra/agent-id/agent-oauth-protocols)."""
_WAITING = ("authorization_pending", "slow_down")
_VOUCHER_MAY_BE_BAD = frozenset({Kind.CLIENT_AUTH, Kind.CONFIG, Kind.ASSERTION_WRONG})
_BLUEPRINT_STEP = "It failed at the first step, where the application vouches for the agent."
_AGENT_STEP = "It failed at the second step, where the agent vouches for its own account."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks Entra: the application, or one agent identity of it."""

    key: str = field(repr=False)
    """The Keychain item of the application's credential."""
    agent_id: str = ""
    """The agent identity; empty where the application itself acts."""


class Entra:
    """MSAL, on the lane. Every method blocks; every failure is an ExchangeError."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._calls = Calls(config.entra.ca_file, config.entra.proxy)
        self._public: msal.PublicClientApplication | None = None
        self._apps: dict[tuple[str, str], msal.ConfidentialClientApplication] = {}
        self._vouchers = Vouchers()
        self.stale = False
        """Set from outside: start afresh with the next call."""

    def on_behalf(
        self, actor: Actor, assertion: str, scopes: list[str], claims: str = ""
    ) -> Mapping[str, object]:
        """Exchange a person's token for one of a resource (OBO), as the actor."""
        app = self._actor(actor)
        return self._ask(
            lambda: app().acquire_token_on_behalf_of(
                assertion, scopes, claims_challenge=_or(claims)
            )
        )

    def as_itself(self, actor: Actor, resource: str, claims: str = "") -> Mapping[str, object]:
        """Get a token that the actor has in its own right (client credentials)."""
        app = self._actor(actor)
        scopes = [f"{resource.rstrip('/')}/.default"]
        return self._ask(
            lambda: app().acquire_token_for_client(scopes, claims_challenge=_or(claims))
        )

    def as_user(
        self, actor: Actor, user: str, scopes: list[str], claims: str = ""
    ) -> Mapping[str, object]:
        """Get a token of the agent's own account (`user_fic`)."""
        app = self._actor(actor)
        voucher = self._voucher(
            ("user", actor.agent_id),
            lambda: app().acquire_token_for_client([EXCHANGE]),
            _AGENT_STEP,
        )
        who = {"username": user} if "@" in user else {"user_object_id": user}
        return self._ask(
            lambda: app().acquire_token_by_user_federated_identity_credential(
                scopes,
                voucher,
                claims_challenge=_or(claims),
                # Microsoft's description of the flow has it, MSAL 1.39 does not send it.
                data={"requested_token_use": "on_behalf_of"},
                **who,
            )
        )

    def prove(self, actor: Actor) -> None:
        """Let Entra say whether it takes the actor's credential.

        Whatever else it refuses comes after that. A token that it gives is dropped, and good at no
        resource.
        """
        try:
            if actor.agent_id:
                self._actor(actor)
            else:
                app = self._actor(actor)
                self._ask(lambda: app().acquire_token_for_client([EXCHANGE]))
        except ExchangeError as error:
            if error.kind in (Kind.CLIENT_AUTH, Kind.TRANSIENT, Kind.THROTTLED):
                raise

    def refresh(self, refresh_token: str) -> UserToken:
        """Renew the person's token for the agent's API."""
        scopes = [self._config.api_scope]
        return user_token(
            self._ask(lambda: self._person().acquire_token_by_refresh_token(refresh_token, scopes))
        )

    def begin_device(self) -> DeviceFlow:
        """Start a device code sign-in."""
        scopes = [self._config.api_scope]
        flow = dict(
            self._ask(
                lambda: self._person().initiate_device_flow(scopes), good=lambda a: "user_code" in a
            )
        )
        return DeviceFlow(
            str(flow["user_code"]),
            str(flow["verification_uri"]),
            number(flow.get("expires_at"), time.time() + 900),
            number(flow.get("interval"), 5),
            flow,
        )

    def poll_device(self, flow: dict[str, object]) -> UserToken | None:
        """Ask once whether the person is done."""
        # A copy: MSAL notes in it when it asked, and complains; the pace is our caller's business.
        answer = self._ask(
            lambda: self._person().acquire_token_by_device_flow(
                dict(flow), exit_condition=lambda _: True
            ),
            good=lambda a: "access_token" in a or a.get("error") in _WAITING,
        )
        return user_token(answer) if "access_token" in answer else None

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()

    def _ask(
        self,
        call: Callable[[], Mapping[str, object]],
        good: Callable[[Mapping[str, object]], bool] = lambda answer: "access_token" in answer,
    ) -> Mapping[str, object]:
        self._start_afresh_where_stale()
        try:
            return self._calls.ask(call, good)
        except ExchangeError as error:
            if error.kind in _VOUCHER_MAY_BE_BAD:
                self._vouchers.clear()
            raise

    def _start_afresh_where_stale(self) -> None:
        if self.stale:
            self._calls.close()
            self._public = None
            self._apps.clear()
            self._vouchers.clear()
        self.stale = False

    def _person(self) -> msal.PublicClientApplication:
        import msal

        if not self._config.entra.public_client_id:
            raise ExchangeError(
                Kind.CONFIG,
                "There is no application that a person can sign in to.",
                "Set public_client_id in config.toml, or let clients bring the user's token.",
            )
        if self._public is None:
            self._public = msal.PublicClientApplication(
                self._config.entra.public_client_id, **self._options()
            )
        return self._public

    def _actor(self, actor: Actor) -> Callable[[], msal.ConfidentialClientApplication]:
        """Return what makes the actor's application; for an agent, once it is vouched for."""
        self._start_afresh_where_stale()
        try:
            key = read_key(actor.key)
        except UnusableKey:
            raise _bad_key() from None
        if not actor.agent_id:
            return lambda: self._blueprint(key)
        voucher = self._voucher(
            ("agent", key.mark, actor.agent_id),
            lambda: self._blueprint(key).acquire_token_for_client(
                [EXCHANGE], fmi_path=actor.agent_id
            ),
            _BLUEPRINT_STEP,
        )
        return lambda: self._agent(actor.agent_id, voucher)

    def _voucher(
        self, name: tuple[str, ...], call: Callable[[], Mapping[str, object]], step: str
    ) -> str:
        try:
            return self._vouchers.get(name, lambda: self._ask(call))
        except ExchangeError as error:
            if error.kind not in (Kind.TRANSIENT, Kind.THROTTLED):
                error.hint = f"{error.hint} {step}"
            raise

    def _blueprint(self, key: AgentKey) -> msal.ConfidentialClientApplication:
        name = ("", key.mark)
        if name not in self._apps:
            self._apps.clear()  # another credential: the one before has had its day
            try:
                self._apps[name] = self._confidential(self._config.entra.client_id, key.for_msal())
            except UnusableKey:
                raise _bad_key() from None
            except (ValueError, TypeError):
                if self._calls.refused:
                    raise  # discovery was refused; what Entra said explains it
                raise _bad_key() from None
        return self._apps[name]

    def _agent(self, agent_id: str, voucher: str) -> msal.ConfidentialClientApplication:
        name = (agent_id, voucher)
        if name not in self._apps:
            for old in [app for app in self._apps if app[0] == agent_id]:
                del self._apps[old]
            # MSAL (1.38) asks for a callable: a fixed text would outlive its hour.
            self._apps[name] = self._confidential(
                agent_id, {"client_assertion": lambda _about: voucher}
            )
        return self._apps[name]

    def _confidential(
        self, client_id: str, credential: Mapping[str, object]
    ) -> msal.ConfidentialClientApplication:
        import msal

        return msal.ConfidentialClientApplication(
            client_id,
            client_credential=credential,
            exclude_scopes=["offline_access"],
            azure_region=msal.ClientApplication.DISABLE_MSAL_FORCE_REGION,
            **self._options(),
        )

    def _options(self) -> dict[str, object]:
        import msal

        class Forgetful(msal.TokenCache):  # type: ignore[misc]  # msal has no types
            """Keeps no token: what is kept, and how long, is the worker's to say."""

            def add(self, event: object, now: object = None) -> None:
                """Keep nothing."""

        return {
            "authority": self._config.authority_url,
            "instance_discovery": False,  # the authority is on our own list
            "http_client": self._calls.http,
            "http_cache": self._calls.cache,
            "token_cache": Forgetful(),
            "app_name": "entraclaw-tui",
        }


def _or(claims: str) -> str | None:
    return claims or None


def _bad_key() -> ExchangeError:
    return ExchangeError(
        Kind.CLIENT_AUTH,
        "The agent's key in the Keychain cannot be used.",
        "Put its private key and certificate back under the same account.",
    )
