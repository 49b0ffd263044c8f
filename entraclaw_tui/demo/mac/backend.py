"""A keyring backend over the pretend keychain, with the errors of the Mac's own."""

from __future__ import annotations

import sys
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

from entraclaw_tui.demo.mac import dialogs, signatures
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.keychain_item import Item
from entraclaw_tui.demo.mac.layout import MARKER
from entraclaw_tui.demo.mac.lean import Folder
from entraclaw_tui.demo.mac.osstatus import ITEM_NOT_FOUND, USER_CANCELED, KeychainStatus


class PretendKeyring(KeyringBackend):
    """What `keyring.backends.macOS.Keyring` is on a Mac (keyring 25.7), for a pretend one.

    Every error has the OSStatus as `__cause__.args[0]`, as there. Setting deletes and adds anew.
    """

    def __init__(self, path: Path, program: str = "") -> None:
        # The base class's own __init__ takes properties from the environment: not called.
        self._keychain = PretendKeychain(path)
        self._program = program or str(Path(sys.executable).resolve())

    @properties.classproperty
    def priority(cls) -> float:
        """Never chosen by itself: it must be handed in."""
        return -1

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password, None where there is none. Raises KeyringError."""
        try:
            item = self._item(service, username)
            return self._read(item).decode("utf-8")
        except KeychainStatus as error:
            if error.status == ITEM_NOT_FOUND:
                return None
            if error.status == USER_CANCELED:
                raise KeyringLocked(f"Can't get password from keychain: {error}") from error
            raise KeyringError(f"Can't get password from keychain: {error}") from error

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password in place of the old one. Raises PasswordSetError."""
        # The Mac's backend passes values through C strings.
        secret = password.encode("utf-8").partition(b"\0")[0]
        try:
            try:
                self._keychain.delete(self._item(service, username), self._program)
            except KeychainStatus as error:
                if error.status != ITEM_NOT_FOUND:
                    raise
            self._add(service, username, secret)
        except KeychainStatus as error:
            if error.status == USER_CANCELED:
                raise KeyringLocked(f"Can't store password on keychain: {error}") from error
            raise PasswordSetError(f"Can't store password on keychain: {error}") from error

    def delete_password(self, service: str, username: str) -> None:
        """Delete a password. Raises PasswordDeleteError, also where there is none."""
        try:
            self._keychain.delete(self._item(service, username), self._program)
        except KeychainStatus as error:
            raise PasswordDeleteError(f"Can't delete password in keychain: {error}") from error

    def _read(self, item: Item) -> bytes:
        """Read a secret. At the desktop a dialog may stand in the way, and nobody answers it."""
        mac = _mac_of(self._keychain.path)
        own = signatures.partition(mac, self._program) if mac else ""
        try:
            return self._keychain.read(item, self._program, own)
        except KeychainStatus as error:
            if mac is None or not dialogs.wait_for_answer(mac, self._program, item, error.status):
                raise
            raise KeychainStatus(USER_CANCELED) from error

    def _add(self, service: str, username: str, secret: bytes) -> None:
        mac = _mac_of(self._keychain.path)
        signature = signatures.find(mac, self._program) if mac else None
        self._keychain.add(
            service,
            username,
            secret,
            creator=self._program,
            partition=signatures.partition(mac, self._program) if mac else "",
            requirement=signature.requirement if signature else "",
        )

    def _item(self, service: str, username: str) -> Item:
        found = self._keychain.find(service, username)
        if not found:
            raise KeychainStatus(ITEM_NOT_FOUND)
        return found[0]


def _mac_of(path: Path) -> Folder | None:
    """Return the pretend Mac that a keychain lies in, None for one that lies elsewhere."""
    return next(
        (Folder(str(folder)) for folder in path.parents if (folder / MARKER).exists()), None
    )
