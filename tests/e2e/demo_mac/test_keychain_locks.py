"""A keychain that locks itself, and `security` as a person types into it."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from entraclaw_tui.demo.mac.keychain import PretendKeychain

if TYPE_CHECKING:
    from tests.e2e.demo_mac.conftest import Mac

PATIENCE = 50
"""Seconds without use; one by the clock on the wall, since the Mac runs 50 times as fast."""
ITEM = ("-s", "example", "-a", "me")


class Security:
    def __init__(self, mac: Mac) -> None:
        self.mac = mac
        self.path = str(mac.host.home / "Library/Keychains/login.keychain-db")
        PretendKeychain(self.path).create("secret")
        self("add-generic-password", *ITEM, "-w", "hello")

    def __call__(self, *words: str) -> tuple[int, bytes, bytes]:
        ran = self.mac.tool("usr/bin/security", *words)
        return ran.returncode, ran.stdout, ran.stderr

    def read(self) -> tuple[int, bytes, bytes]:
        return self("find-generic-password", *ITEM, "-w")

    def wait_until_locked(self) -> None:
        """Look until it is locked; a look is no use of it."""
        self.mac.until(lambda: self("show-keychain-info", self.path)[0] == 36, "it has locked")


@pytest.fixture
def security(off: Mac) -> Security:
    return Security(off)


def test_it_locks_so_long_after_its_last_use(security: Security) -> None:
    assert security("set-keychain-settings", "-t", str(PATIENCE), security.path) == (0, b"", b"")
    assert security("show-keychain-info", security.path)[2] == (
        f'Keychain "{security.path}" timeout={PATIENCE}s\n'.encode()
    )
    read = time.monotonic()
    assert security.read() == (0, b"hello\n", b"")
    security.wait_until_locked()
    assert time.monotonic() - read > 1.0
    assert security.read() == (36, b"", b""), "locked, and not a word about it"
    assert security("show-keychain-info", security.path) == (
        36,
        b"",
        f"security: SecKeychainCopySettings {security.path}: "
        "User interaction is not allowed.\n".encode(),
    )
    assert security("find-generic-password", *ITEM)[0] == 0, "attributes stay to be read"
    assert security("dump-keychain", security.path)[0] == 0


def test_its_password_opens_it_for_as_long_again(security: Security) -> None:
    security("set-keychain-settings", "-t", str(PATIENCE), security.path)
    security.wait_until_locked()
    assert security("unlock-keychain", "-p", "wrong", security.path)[0] == 51
    assert security("unlock-keychain", "-p", "secret", security.path) == (0, b"", b"")
    assert security.read() == (0, b"hello\n", b"")
    assert security("set-keychain-settings", security.path) == (0, b"", b"")
    assert security("show-keychain-info", security.path)[2].endswith(b" no-timeout\n")


def test_it_locks_when_the_mac_sleeps_if_it_was_told_to(security: Security) -> None:
    sleep = security.mac.host.root / "usr/bin/pmset"
    assert subprocess.run([sleep, "sleepnow"], capture_output=True, check=True).stdout == (
        b"Sleeping now...\n"
    )
    assert security.read() == (0, b"hello\n", b"")
    assert security("set-keychain-settings", "-l", security.path) == (0, b"", b"")
    assert security("show-keychain-info", security.path)[2] == (
        f'Keychain "{security.path}" lock-on-sleep no-timeout\n'.encode()
    )
    subprocess.run([sleep, "sleepnow"], capture_output=True, check=True)
    assert security.read() == (36, b"", b"")


@contextmanager
def typing(mac: Mac, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `security` with a terminal to type into."""
    master, slave = pty.openpty()
    command = [str(mac.host.root / "usr/bin/security"), *words]
    with subprocess.Popen(
        command, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ran:
        os.close(slave)
        try:
            yield ran, master
        finally:
            os.close(master)
            ran.kill()


@pytest.mark.parametrize(
    ("words", "prompt"), [(["-i"], b"security> "), (["-p", "keys: "], b"keys: ")]
)
def test_who_types_is_prompted(security: Security, words: list[str], prompt: bytes) -> None:
    with typing(security.mac, *words) as (ran, keys):
        os.write(keys, b"find-gen -s example -a me -w\nquit\n")
        out, err = ran.communicate(timeout=15)
    assert (ran.returncode, out) == (0, b"hello\n")
    assert err == prompt * 2, "on standard error, one a line"


def test_who_pipes_is_not_prompted(security: Security) -> None:
    ran = security.mac.tool("usr/bin/security", "-p", "keys: ", stdin=b"find-gen -s example -w\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"hello\n", b"")


def test_the_beginning_of_a_command_is_enough(security: Security) -> None:
    assert security("list-k") == security("list-keychains")
    assert security("show-k", security.path) == security("show-keychain-info", security.path)
    assert security("find-generic", *ITEM, "-w") == (0, b"hello\n", b"")
    assert security("frobnicate")[0] == 1
