"""A Keychain in memory, for tests of what is kept there."""

from __future__ import annotations


class MemoryKeyring:
    """A keyring backend over a dict (a stand-in for the Keychain)."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.locked = False

    def get_password(self, service: str, username: str, /) -> str | None:
        self._check()
        return self.items.get(username)

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self._check()
        self.items[username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        self._check()
        del self.items[username]

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


class KeyringLocked(Exception):
    """The vault knows the real one by this name."""
