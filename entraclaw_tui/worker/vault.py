"""The vault: the agent's secrets in the Keychain.

A Keychain call may hang behind a dialog that nobody answers, so all of them run on one thread
with a deadline. On a Mac, `keyring` replaces an item by deleting and adding it, so a value that
must not be lost gets a new version (`key:{agent}:v2`) and is read back before the old one goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.worker.lane import Lane

T = TypeVar("T")

DEADLINE = 10.0
"""Seconds that the Keychain may take; a dialog on the Mac's screen is the usual reason."""
SIZE_LIMIT = 16 * 1024
"""Characters of one value: a key with its certificate has 3 KB, a token up to 8."""

# OSStatus values as keyring prints them, "(-25308, 'Unknown Error')" (SecBase.h).
_STATUS = re.compile(r"\((-\d+),")
_INTERACTION_NOT_ALLOWED = "-25308"
_AUTH_FAILED = ("-25293", "-25244")
_NOT_FOUND = "-25300"


class Backend(Protocol):
    """The part of `keyring.backend.KeyringBackend` that the vault uses."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return the value, or None where there is no such item."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Store the value in place of the one before."""

    def delete_password(self, service: str, username: str, /) -> None:
        """Delete the item."""


class VaultError(Exception):
    """The Keychain gave no answer. `hint` is the next step. No value is ever in the text."""

    word = "unavailable"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class VaultLocked(VaultError):
    """The keychain is locked, or its dialog was turned down."""

    word = "locked"


class VaultUnavailable(VaultError):
    """The Keychain refused or did not keep the value."""


class VaultTimedOut(VaultError):
    """The Keychain did not answer within the deadline; what was begun may still happen."""

    word = "timed out"


def key_item(agent: str, version: int = 1) -> str:
    """Return the account of the agent's private key."""
    return f"key:{agent}:v{version}"


def token_item(agent: str, grant: str) -> str:
    """Return the account of a delegated grant's token."""
    return f"token:{agent}:{grant}"


def session_item(tenant: str, upn: str) -> str:
    """Return the account of a person's sign-in."""
    return f"session:{tenant}:{upn}"


def audit_item(version: int = 1) -> str:
    """Return the account of the audit's key."""
    return f"audit:v{version}"


def pin_item(version: int = 1) -> str:
    """Return the account of the PIN's key."""
    return f"pin:v{version}"


class Vault:
    """Secrets by account, all below one service. Values are one line of ASCII."""

    def __init__(self, backend: Backend, *, service: str = LABEL, deadline: float = DEADLINE):
        self._backend = backend
        self._service = service
        self._deadline = deadline
        self._lane = Lane("vault")

    async def get(self, account: str, *, service: str = "") -> str | None:
        """Return a value, or None where there is none. Raises VaultError.

        Another `service` is read where a key is left in the place that another program gave it.
        """
        return await self._run(
            lambda: self._backend.get_password(service or self._service, account)
        )

    async def set(self, account: str, value: str) -> None:
        """Store a value and read it back. Raises VaultError; ValueError for what may not go in."""
        if not value or not value.isascii() or not value.isprintable():
            raise ValueError("a value of the vault is one line of ASCII")
        if len(value) > SIZE_LIMIT:
            raise ValueError(f"a value of the vault has at most {SIZE_LIMIT} characters")

        def store() -> None:
            self._backend.set_password(self._service, account, value)
            if self._backend.get_password(self._service, account) != value:
                raise VaultUnavailable("The Keychain did not keep what was stored.")

        await self._run(store)

    async def delete(self, account: str) -> bool:
        """Delete a value; return whether there was one. Raises VaultError."""

        def remove() -> bool:
            if self._backend.get_password(self._service, account) is None:
                return False
            self._backend.delete_password(self._service, account)
            return True

        return await self._run(remove)

    def close(self) -> None:
        """End the thread. Never waits."""
        self._lane.close()

    async def _run(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            try:
                return work()
            except VaultError:
                raise
            except Exception as error:
                # `from None`: what a backend puts into its errors is not ours to pass on.
                raise _explain(error) from None

        try:
            return await self._lane.run(guarded, self._deadline)
        except TimeoutError:
            raise VaultTimedOut(
                f"The Keychain did not answer within {self._deadline:g} s.",
                "Look for a Keychain dialog on the Mac's screen.",
            ) from None


def mac_backend() -> Backend:
    """Return the Mac's Keychain, named by its class: no configuration or variable chooses it."""
    from keyring.backends.macOS import Keyring

    backend = Keyring()  # type: ignore[no-untyped-call]
    backend.keychain = None  # its class default is read from the environment
    return backend


def _explain(error: Exception) -> VaultError:
    """Return a backend's error in our words. Known by class name, so that nothing is imported."""
    found = _STATUS.search(str(error))
    status = found[1] if found else ""
    if type(error).__name__ == "KeyringLocked" or status == _INTERACTION_NOT_ALLOWED:
        return VaultLocked(
            "The login keychain is locked, or its dialog was turned down.",
            "Unlock it: `security unlock-keychain`, or log in at the Mac.",
        )
    if status in _AUTH_FAILED:
        return VaultUnavailable(
            f"The Keychain refused this program ({status}).",
            "The item was made by another Python; the Keychain pane shows which.",
        )
    if status == _NOT_FOUND:
        return VaultUnavailable("The item went away while it was used.")
    return VaultUnavailable(f"The Keychain refused ({status or type(error).__name__}).")
