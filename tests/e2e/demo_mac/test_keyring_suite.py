"""keyring's own tests of a backend, against the pretend keychain."""

from __future__ import annotations

import shutil

from keyring.testing.backend import BackendBasicTests

from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain


class TestPretendKeyring(BackendBasicTests):
    """Every test of `keyring.testing.backend` (keyring 25.7)."""

    def init_keyring(self) -> PretendKeyring:
        self.host = build.prepare()
        keychain = PretendKeychain(self.host.home / "Library/Keychains/login.keychain-db")
        keychain.create()
        return PretendKeyring(keychain.path)

    def cleanup(self) -> None:
        super().cleanup()  # type: ignore[no-untyped-call]
        shutil.rmtree(self.host.root)
