"""Who may read an item: the list of programs, and behind it the list of code identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from keyring.errors import KeyringError

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.demo_mac.conftest import Mac

ITEM = ("-s", "example", "-a", "me")


def program(mac: Mac, team: str) -> str:
    path: Path = mac.host.path("/usr/local/bin/agent")
    path.touch()
    signatures.register(mac.host, path, identifier="agent", team=team)
    return str(path)


@pytest.fixture
def login(off: Mac) -> Path:
    keychain = PretendKeychain(off.host.home / "Library/Keychains/login.keychain-db")
    keychain.create("secret")
    return keychain.path


def test_an_upgrade_by_the_same_team_reads_on(off: Mac, login: Path) -> None:
    PretendKeyring(login, program(off, "ONE")).set_password("example", "me", "hello")
    again = PretendKeyring(login, program(off, "ONE"))
    assert again.get_password("example", "me") == "hello"


def test_another_team_in_the_same_place_is_refused(off: Mac, login: Path) -> None:
    PretendKeyring(login, program(off, "ONE")).set_password("example", "me", "hello")
    other = PretendKeyring(login, program(off, "TWO"))
    with pytest.raises(KeyringError) as refused:
        other.get_password("example", "me")
    assert refused.value.__cause__ is not None
    assert refused.value.__cause__.args[0] == -25293


def test_a_person_opens_the_gate_with_the_keychain_s_password(off: Mac, login: Path) -> None:
    PretendKeyring(login, program(off, "ONE")).set_password("example", "me", "hello")
    other = PretendKeyring(login, program(off, "TWO"))
    words = ("set-generic-password-partition-list", "-S", "teamid:ONE,teamid:TWO", *ITEM)
    assert off.tool("usr/bin/security", *words, "-k", "wrong").returncode == 51
    assert off.tool("usr/bin/security", *words, "-k", "secret").returncode == 0
    assert other.get_password("example", "me") == "hello"
