"""Entra by MSAL: the only file that knows MSAL, and only its public API.

Everything here blocks and runs on the exchange's lane, where MSAL is imported with the first call:
it costs 70 ms and 20 MiB.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.entra_answers import DeviceFlow, UserToken, number, user_token
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind, error_class

if TYPE_CHECKING:
    import msal

    from entraclaw_tui.worker.http import RecordingSession

_WAITING = ("authorization_pending", "slow_down")


class AgentKey(msgspec.Struct, frozen=True):
    """The Keychain item `key:{agent}:v{n}`: both parts in PEM."""

    private_key: str
    certificate: str

    def __repr__(self) -> str:
        return "AgentKey(***)"


class Entra:
    """MSAL, on the lane. Every method blocks; every failure is an ExchangeError."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._http: RecordingSession | None = None
        self._http_cache: dict[str, object] = {}
        self._public: msal.PublicClientApplication | None = None
        self._agents: dict[str, msal.ConfidentialClientApplication] = {}
        self.stale = False
        """Set from outside: start afresh with the next call."""

    def on_behalf(self, key: str, assertion: str, scopes: list[str]) -> Mapping[str, object]:
        """Exchange a person's token for one of a resource (OBO)."""
        return self._ask(lambda: self._agent(key).acquire_token_on_behalf_of(assertion, scopes))

    def refresh(self, refresh_token: str) -> UserToken:
        """Renew the person's token for the agent's API."""
        scopes = [self._config.entra.api_scope]
        return user_token(
            self._ask(lambda: self._person().acquire_token_by_refresh_token(refresh_token, scopes))
        )

    def begin_device(self) -> DeviceFlow:
        """Start a device code sign-in."""
        scopes = [self._config.entra.api_scope]
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

    def _ask(
        self,
        call: Callable[[], Mapping[str, object]],
        good: Callable[[Mapping[str, object]], bool] = lambda answer: "access_token" in answer,
    ) -> Mapping[str, object]:
        import requests

        http = self._fresh_http()
        answer: Mapping[str, object] = {}
        trouble: ExchangeError | None = None
        try:
            answer = call()
            if good(answer):
                return answer
        except ExchangeError as error:
            raise self._failed(error) from None
        except requests.exceptions.SSLError:
            trouble = ExchangeError(Kind.CONFIG, "The authority's TLS certificate is not trusted.")
        except requests.exceptions.RequestException as error:
            trouble = ExchangeError(
                Kind.TRANSIENT, f"Entra cannot be reached ({type(error).__name__})."
            )
        except Exception as error:
            # MSAL's own errors quote what they choke on, so nothing of them is passed on.
            trouble = ExchangeError(
                Kind.TRANSIENT, f"Entra's answer makes no sense ({type(error).__name__})."
            )
        if http.refusal is not None:  # what Entra itself said explains most
            verdict = error_class(http.refusal.status_code, http.refusal.text, http.refusal.headers)
            trouble = verdict.error()
        raise self._failed(trouble or error_class(400, answer, {}).error())

    def _failed(self, error: ExchangeError) -> ExchangeError:
        # MSAL answers an equal call from this cache for a minute, even after somebody consented,
        # and one user's 429 to all users. Pauses are ours to keep (patience.py).
        self._http_cache.clear()
        return error

    def _fresh_http(self) -> RecordingSession:
        from entraclaw_tui.worker.http import RecordingSession

        if self.stale and self._http is not None:
            self._http.close()
            self._http = self._public = None
            self._agents.clear()
            self._http_cache.clear()
        self.stale = False
        if self._http is None:
            self._http = RecordingSession(self._config.entra.ca_file)
        self._http.forget()
        return self._http

    def _person(self) -> msal.PublicClientApplication:
        import msal

        if self._public is None:
            self._public = msal.PublicClientApplication(
                self._config.entra.public_client_id, **self._options()
            )
        return self._public

    def _agent(self, key: str) -> msal.ConfidentialClientApplication:
        import msal

        name = hashlib.sha256(key.encode()).hexdigest()
        if name not in self._agents:
            try:
                pair = msgspec.json.decode(key, type=AgentKey)
            except msgspec.MsgspecError:
                raise _bad_key() from None
            self._agents.clear()  # another certificate: the one before has had its day
            try:
                self._agents[name] = msal.ConfidentialClientApplication(
                    self._config.entra.client_id,
                    client_credential={
                        "private_key": pair.private_key,
                        "public_certificate": pair.certificate,
                    },
                    exclude_scopes=["offline_access"],
                    azure_region=msal.ClientApplication.DISABLE_MSAL_FORCE_REGION,
                    **self._options(),
                )
            except (ValueError, TypeError):
                if self._http is not None and self._http.refusal is not None:
                    raise  # discovery was refused; what Entra said explains it
                raise _bad_key() from None
        return self._agents[name]

    def _options(self) -> dict[str, object]:
        import msal

        class Forgetful(msal.TokenCache):  # type: ignore[misc]  # msal has no types
            """Keeps no token: what is kept, and how long, is the worker's to say."""

            def add(self, event: object, now: object = None) -> None:
                """Keep nothing."""

        return {
            "authority": self._config.authority_url,
            "instance_discovery": False,  # the authority is on our own list
            "http_client": self._http,
            "http_cache": self._http_cache,
            "token_cache": Forgetful(),
            "app_name": "entraclaw-tui",
        }


def _bad_key() -> ExchangeError:
    return ExchangeError(
        Kind.CLIENT_AUTH,
        "The agent's key in the Keychain cannot be used.",
        "Put its private key and certificate back under the same account.",
    )
