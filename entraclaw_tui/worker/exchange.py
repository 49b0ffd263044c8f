"""The exchange: from a sign-in, or the agent's own credential, to a token for one resource.

Checks the wish, finds the person's token and the agent's key, and asks Entra (`entra.py`), which
blocks and so runs on one lane (a thread). Equal wishes share one exchange; hiccups are tried again;
pauses that Entra asks for are kept. No token, assertion or key reaches a log or an exception.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from entraclaw_tui.model.consent import Pause
from entraclaw_tui.worker import flows
from entraclaw_tui.worker.config import Agent, Config
from entraclaw_tui.worker.credentials import Credentials
from entraclaw_tui.worker.entra import Actor, Entra
from entraclaw_tui.worker.entra_answers import DeviceFlow, UserToken, qualified, token, upn
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.flight import SingleFlight
from entraclaw_tui.worker.lane import Lane
from entraclaw_tui.worker.patience import Patience
from entraclaw_tui.worker.user_session import UserSession
from entraclaw_tui.worker.vault import Vault, VaultError
from entraclaw_tui.worker.wish import Token, Wish

__all__ = ["DeviceFlow", "Exchange", "ExchangeError", "Kind", "Token", "Wish"]
T = TypeVar("T")

DEADLINE = 20.0
"""Seconds that one exchange may take with all its tries."""
Note = Callable[[str, str, Mapping[str, str]], None]
"""How the exchange tells its log: level, message, further fields. Never with a secret in it."""


class Exchange:
    """Obtains tokens. One object a worker; nothing happens before the first call."""

    def __init__(
        self, config: Config, vault: Vault, record: Path, note: Note | None = None
    ) -> None:
        self._config = config
        self._vault = vault
        self._note = note or _silent
        self._lane = Lane("exchange")
        self._entra = Entra(config)
        self._flights: SingleFlight[Token] = SingleFlight()
        self._patience = Patience()
        self._credentials = Credentials(record, vault)
        self._session = UserSession(config.entra.tenant, config.account.upn, vault, self._refresh)

    async def obtain(self, wish: Wish) -> Token:
        """Return a token for `wish`. Equal wishes at the same time share one exchange.

        Raises ExchangeError; never blocks the event loop and never takes longer than DEADLINE.
        """
        self._check(wish)
        secret = hashlib.sha256(wish.user_assertion.encode()).digest()
        scopes = tuple(sorted(wish.scopes))
        key = (
            wish.flow,
            wish.agent,
            wish.tenant,
            wish.account,
            wish.resource,
            scopes,
            secret,
            wish.claims,
        )
        result, shared = await self._flights.run(key, lambda: self._exchange(wish))
        return replace(result, from_cache=True) if shared else result

    async def signed_in(self) -> bool:
        """Return whether a person's sign-in is stored. Raises ExchangeError."""
        try:
            return await self._session.exists()
        except VaultError as error:
            raise _keychain(error) from None

    async def begin_sign_in(self) -> DeviceFlow:
        """Start a sign-in by device code. Raises ExchangeError."""
        return await self._on_lane(self._entra.begin_device)

    async def poll_sign_in(self, flow: DeviceFlow) -> bool:
        """Ask once whether the person is done; True stores the sign-in. Raises ExchangeError."""
        person = await self._on_lane(lambda: self._entra.poll_device(flow.flow))
        if person is None:
            return False
        expected = self._config.account.upn
        if person.upn.casefold() != expected.casefold():
            raise ExchangeError(
                Kind.ASSERTION_WRONG,
                "Somebody else signed in.",
                f"Sign in as {expected}, for whom this agent acts.",
            )
        try:
            await self._session.keep(person)
        except VaultError as error:
            raise _keychain(error) from None
        return True

    async def sign_out(self) -> None:
        """Forget the stored sign-in. Raises ExchangeError."""
        try:
            await self._session.end()
        except VaultError as error:
            raise _keychain(error) from None

    def pauses(self) -> tuple[Pause, ...]:
        """Return the pauses that Entra has asked for and that are not over."""
        now = time.time()
        return tuple(Pause(who, now + left) for who, left in self._patience.pauses().items())

    def tell_of_pauses(self, told: Callable[[], object]) -> None:
        """Let somebody be told when Entra asks for a pause."""
        self._patience.on_pause = told

    def forget(self) -> None:
        """Start afresh with the next exchange, after a consent in the directory or a sign-in."""
        self._session.forget()
        self._credentials.forget()
        self._entra.stale = True

    def close(self) -> None:
        """End the thread and whatever runs. Never waits."""
        self._flights.cancel()
        self._lane.close(self._entra.close)

    async def _exchange(self, wish: Wish) -> Token:
        started = time.monotonic()
        agent = self._agent(wish)
        who = wish.account or agent.name
        about = {
            "flow": wish.flow,
            "agent": agent.name,
            "resource": wish.resource,
            "scopes": " ".join(wish.scopes),
            "account": wish.account,
        }
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await self._patience.run(who, lambda: self._once(wish), started + DEADLINE)
            spent = round((time.monotonic() - started) * 1000)
            result = token(answer, wish.resource, spent)
        except VaultError as error:
            raise self._told(_keychain(error), about) from None
        except TimeoutError:
            raise self._told(_silence(), about) from None
        except ExchangeError as error:
            self._told(error, about)
            raise
        self._note("info", "Exchanged for a token.", about | {"ms": str(spent)})
        return result

    async def _once(self, wish: Wish) -> Mapping[str, object]:
        agent = self._agent(wish)
        assertion = ""
        if wish.flow in flows.FOR_A_PERSON:
            assertion = wish.user_assertion or await self._session.assertion()
        try:
            answer = await self._with_a_key(wish, agent, assertion)
        except ExchangeError as error:
            if error.kind is Kind.ASSERTION_STALE:
                self._session.forget()
            raise
        expected = wish.account if "@" in wish.account else ""
        if expected and upn(answer).casefold() not in ("", expected.casefold()):
            raise ExchangeError(
                Kind.ASSERTION_WRONG,
                "The token would be for somebody else than was approved.",
                f"The user token that a client hands in must be one of {expected}.",
            )
        return answer

    async def _with_a_key(self, wish: Wish, agent: Agent, assertion: str) -> Mapping[str, object]:
        """Ask with the key in use; where Entra refuses that, with the others of a roll-over."""
        identity = "" if wish.flow == flows.OBO else agent.client_id
        number, key = await self._credentials.first(agent)
        refusal: ExchangeError | None = None
        while True:
            ask = partial(self._ask, wish, Actor(key, identity), agent, assertion)
            try:
                answer = await self._on_lane(ask)
            except ExchangeError as error:
                if error.kind is not Kind.CLIENT_AUTH:
                    raise
                refusal = refusal or error
            else:
                self._credentials.proved(agent, number)
                return answer
            other = await self._credentials.after(agent, number)
            if other is None:
                self._credentials.forget()
                raise refusal
            number, key = other

    def _ask(self, wish: Wish, actor: Actor, agent: Agent, assertion: str) -> Mapping[str, object]:
        """Run the flow of a wish. Blocks: on the lane."""
        if wish.flow == flows.APP:
            return self._entra.as_itself(actor, wish.resource, wish.claims)
        scopes = [qualified(wish.resource, scope) for scope in wish.scopes]
        if wish.flow == flows.AGENT_USER:
            return self._entra.as_user(actor, agent.user, scopes, wish.claims)
        return self._entra.on_behalf(actor, assertion, scopes, wish.claims)

    def _agent(self, wish: Wish) -> Agent:
        agent = self._config.agent_named(wish.agent)
        if agent is None:
            raise ExchangeError(
                Kind.CONFIG,
                f"There is no agent {wish.agent} any more.",
                "Ask again; the settings have changed since.",
            )
        return agent

    async def _refresh(self, refresh_token: str) -> UserToken:
        return await self._on_lane(lambda: self._entra.refresh(refresh_token))

    async def _on_lane(self, work: Callable[[], T]) -> T:
        try:
            return await self._lane.run(work, DEADLINE)
        except TimeoutError:
            raise _silence() from None

    def _told(self, error: ExchangeError, about: dict[str, str]) -> ExchangeError:
        fields = {"kind": str(error.kind), "code": error.code, "trace": error.trace}
        self._note("warning", f"No token: {error.message}", about | fields)
        return error

    def _check(self, wish: Wish) -> None:
        try:
            flows.require_offered(self._config, self._agent(wish), wish.flow)
        except flows.NotOffered as error:
            raise ExchangeError(Kind.CONFIG, error.message, error.hint) from None
        if wish.tenant and wish.tenant.casefold() != self._config.entra.tenant.casefold():
            raise ExchangeError(
                Kind.CONFIG,
                "The request is for another tenant than this agent's.",
                "Ask again; the settings have changed since.",
            )
        if "offline_access" in wish.scopes:
            raise ExchangeError(
                Kind.CONFIG,
                "Refresh tokens are not handed out to clients.",
                "Ask without offline_access.",
            )


def _keychain(error: VaultError) -> ExchangeError:
    return ExchangeError(Kind.TRANSIENT, error.message, error.hint)


def _silence() -> ExchangeError:
    return ExchangeError(Kind.TRANSIENT, f"Entra did not answer within {DEADLINE:g} s.")


def _silent(level: str, message: str, fields: Mapping[str, str]) -> None:
    """Tell nobody."""
