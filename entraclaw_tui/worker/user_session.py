"""The person's sign-in: a refresh token in the Keychain, and the token made of it in memory.

Entra answers each refresh with a new refresh token; the new one goes back into the Keychain
before anything else happens. Where the Keychain does not take it, memory carries it on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from entraclaw_tui.worker.entra_answers import UserToken
from entraclaw_tui.worker.entra_errors import ExchangeError, Kind
from entraclaw_tui.worker.vault import Vault, VaultError, session_item

_EARLY = 300.0
"""Seconds before its end at which the person's token is renewed."""


class SessionItem(msgspec.Struct, frozen=True):
    """The Keychain item `session:{tenant}:{upn}`."""

    refresh_token: str
    stored_at: float = 0.0

    def __repr__(self) -> str:
        return "SessionItem(***)"

    def encode(self) -> str:
        """Return the item's text: one line of ASCII."""
        return msgspec.json.encode(self).decode("ascii")


class UserSession:
    """The sign-in of one account."""

    def __init__(
        self,
        tenant: str,
        upn: str,
        vault: Vault,
        refresh: Callable[[str], Awaitable[UserToken]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._upn = upn
        self._item = session_item(tenant, upn)
        self._vault = vault
        self._refresh = refresh
        self._clock = clock
        self._token: UserToken | None = None
        self._unsaved = ""
        self._turn = asyncio.Lock()

    async def assertion(self) -> str:
        """Return a token of the person's for the agent's API. Raises ExchangeError, VaultError."""
        async with self._turn:
            if self._token is None or self._token.expires_at - _EARLY < self._clock():
                await self._renew()
            assert self._token is not None  # noqa: S101 - told to the type checker
            return self._token.access_token

    async def keep(self, token: UserToken) -> None:
        """Store a fresh sign-in. Raises VaultError."""
        async with self._turn:
            self._token = token
            await self._save(token.refresh_token)

    async def exists(self) -> bool:
        """Return whether anybody is signed in. Raises VaultError."""
        return bool(self._unsaved) or await self._vault.get(self._item) is not None

    async def end(self) -> None:
        """Forget the sign-in, in memory and in the Keychain. Raises VaultError."""
        async with self._turn:
            self._token, self._unsaved = None, ""
            await self._vault.delete(self._item)

    def forget(self) -> None:
        """Forget what memory holds; the next call reads the Keychain and refreshes."""
        self._token = None

    async def _renew(self) -> None:
        self._token = None
        token = await self._refresh(self._unsaved or await self._stored())
        self._token = token
        if token.refresh_token:
            try:
                await self._save(token.refresh_token)
            except VaultError:
                self._unsaved = token.refresh_token

    async def _save(self, refresh_token: str) -> None:
        await self._vault.set(self._item, SessionItem(refresh_token, self._clock()).encode())
        self._unsaved = ""

    async def _stored(self) -> str:
        text = await self._vault.get(self._item)
        if text is None:
            raise ExchangeError(
                Kind.ASSERTION_STALE,
                f"Nobody is signed in as {self._upn}.",
                f"Sign in as {self._upn} first.",
            )
        try:
            return msgspec.json.decode(text, type=SessionItem).refresh_token
        except (msgspec.MsgspecError, UnicodeError):
            raise ExchangeError(
                Kind.ASSERTION_STALE, "The stored sign-in cannot be read."
            ) from None
