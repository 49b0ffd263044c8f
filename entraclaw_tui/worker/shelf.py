"""The tokens themselves: in memory, and for longer grants in the Keychain."""

from __future__ import annotations

import zlib
from typing import Final

import msgspec

from entraclaw_tui.model.consent import Grant
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.policy import LONG_LIVED
from entraclaw_tui.worker.vault import Vault, VaultError, token_item
from entraclaw_tui.worker.wish import Token

MARGIN: Final = 60.0
"""Seconds before its end at which a token is no longer handed out."""
EARLY: Final = 300.0
"""Seconds before that, at most, at which a use renews it in the background."""


class _Item(msgspec.Struct, frozen=True):
    """What the Keychain keeps of a token."""

    access_token: str
    token_type: str
    expires_at: float
    scope: str
    stored_at: float


class Shelf:
    """Tokens by request (handed out once) and by grant (as long as it lives)."""

    def __init__(self, vault: Vault, clock: Clock, log: WorkerLog) -> None:
        self._vault = vault
        self._clock = clock
        self._log = log
        self._ready: dict[str, Token] = {}
        self._granted: dict[str, Token] = {}
        self._ended: set[str] = set()

    def put(self, request_id: str, token: Token) -> None:
        """Keep a token until its request collects it."""
        self._ready[request_id] = token

    def take(self, request_id: str) -> Token | None:
        """Return a request's token, for the last time."""
        return self._ready.pop(request_id, None)

    def has(self, request_id: str) -> bool:
        """Whether a request's token waits here."""
        return request_id in self._ready

    def fresh(self, grant_id: str) -> Token | None:
        """Return a grant's token if memory holds one that lasts."""
        token = self._granted.get(grant_id)
        if token is not None and token.expires_at - MARGIN > self._clock.wall():
            return token
        return None

    def ends_soon(self, grant_id: str) -> bool:
        """Whether a grant's token should be renewed: some minutes early, not all at one time."""
        token = self._granted.get(grant_id)
        if token is None:
            return False
        left = token.expires_at - MARGIN - self._clock.wall()
        if left > EARLY:  # no need to reckon: most uses are far from the end
            return False
        return 0 < left < token.expires_at - MARGIN - renews_at(grant_id, token.expires_at)

    async def keep(self, grant: Grant, token: Token) -> bool:
        """Keep a grant's token; return whether the Keychain has it too."""
        if grant.id in self._ended:
            return False
        self._granted[grant.id] = token
        if not goes_to_keychain(grant):
            return False
        item = _Item(
            token.access_token,
            token.token_type,
            token.expires_at,
            " ".join(token.scopes),
            self._clock.wall(),
        )
        try:
            await self._vault.set(
                token_item(grant.agent, grant.id), msgspec.json.encode(item).decode("ascii")
            )
        except (VaultError, ValueError):
            self._log.warning("The Keychain did not take a grant's token.", grant=grant.id)
            return False
        if grant.id in self._ended:  # it ended while the Keychain was busy
            await self._delete(grant)
            return False
        return True

    async def recall(self, grant: Grant) -> Token | None:
        """Return a grant's token from memory or the Keychain, if there is one that lasts."""
        if (token := self.fresh(grant.id)) is not None or not goes_to_keychain(grant):
            return token
        try:
            value = await self._vault.get(token_item(grant.agent, grant.id))
            item = msgspec.json.decode(value or "", type=_Item)
        except (VaultError, msgspec.MsgspecError, UnicodeError):
            return None
        if grant.id not in self._ended:
            self._granted[grant.id] = Token(
                item.access_token, item.token_type, item.expires_at, tuple(item.scope.split())
            )
        return self.fresh(grant.id)

    def forget(self, grant_id: str) -> None:
        """Forget a grant's token in memory; the next use asks for a new one."""
        self._granted.pop(grant_id, None)

    async def discard(self, grant: Grant) -> None:
        """Throw a live grant's token away, in memory and in the Keychain."""
        self._granted.pop(grant.id, None)
        if goes_to_keychain(grant):
            await self._delete(grant)

    async def end(self, grant: Grant) -> None:
        """A grant has ended: its token goes, from memory at once, then from the Keychain."""
        self._ended.add(grant.id)
        self._granted.pop(grant.id, None)
        if goes_to_keychain(grant):
            await self._delete(grant)

    async def _delete(self, grant: Grant) -> None:
        try:
            await self._vault.delete(token_item(grant.agent, grant.id))
        except VaultError:
            self._log.warning(
                "The Keychain still holds the token of an ended grant.", grant=grant.id
            )


def renews_at(grant_id: str, expires_at: float) -> float:
    """Return from when on a use renews a grant's token: some minutes early, not all at one time."""
    early = EARLY * (0.5 + zlib.crc32(grant_id.encode()) / 2**33)
    return expires_at - MARGIN - early


def goes_to_keychain(grant: Grant) -> bool:
    """Whether a grant lives long enough for its token to outlive the worker."""
    return grant.expires_at - grant.created_at > LONG_LIVED
