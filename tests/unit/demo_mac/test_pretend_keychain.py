from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring import backend
from keyring.errors import KeyringError, PasswordDeleteError, PasswordSetError

from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import SECURITY, PretendKeychain
from entraclaw_tui.demo.mac.osstatus import (
    AUTH_FAILED,
    DUPLICATE_ITEM,
    INTERACTION_NOT_ALLOWED,
    INVALID_OWNER_EDIT,
    ITEM_NOT_FOUND,
    NO_SUCH_KEYCHAIN,
    KeychainStatus,
)


@pytest.fixture
def keychain(tmp_path: Path) -> PretendKeychain:
    made = PretendKeychain(tmp_path / "Library" / "Keychains" / "login.keychain-db")
    made.create("secret")
    return made


def cause(error: pytest.ExceptionInfo[KeyringError]) -> object:
    assert error.value.__cause__ is not None
    return error.value.__cause__.args[0]


def status_of(act: Callable[[], object]) -> int:
    with pytest.raises(KeychainStatus) as caught:
        act()
    return caught.value.status


def test_it_is_its_owners_alone(keychain: PretendKeychain) -> None:
    assert stat.S_IMODE(keychain.path.stat().st_mode) == 0o600


def test_set_get_delete(keychain: PretendKeychain) -> None:
    ring = PretendKeyring(keychain.path, "/bin/one")
    assert ring.get_password("s", "a") is None
    ring.set_password("s", "a", "first")
    ring.set_password("s", "a", "second")
    assert ring.get_password("s", "a") == "second"
    assert [item.label for item in keychain.items()] == [b"s"]
    ring.delete_password("s", "a")
    with pytest.raises(PasswordDeleteError) as caught:
        ring.delete_password("s", "a")
    assert cause(caught) == ITEM_NOT_FOUND


def test_a_locked_keychain_tells_names_and_keeps_secrets(keychain: PretendKeychain) -> None:
    ring = PretendKeyring(keychain.path, "/bin/one")
    ring.set_password("s", "a", "x")
    keychain.lock()
    assert keychain.locked
    assert len(keychain.items()) == 1
    with pytest.raises(KeyringError) as caught:
        ring.get_password("s", "a")
    assert cause(caught) == INTERACTION_NOT_ALLOWED
    with pytest.raises(PasswordSetError) as refused:
        ring.set_password("s", "b", "y")
    assert cause(refused) == INTERACTION_NOT_ALLOWED
    assert status_of(lambda: keychain.unlock("wrong")) == AUTH_FAILED
    keychain.unlock("secret")
    assert ring.get_password("s", "a") == "x"


def test_another_program_is_kept_out(keychain: PretendKeychain) -> None:
    PretendKeyring(keychain.path, "/bin/old").set_password("s", "a", "x")
    ring = PretendKeyring(keychain.path, "/bin/new")
    with pytest.raises(KeyringError) as caught:
        ring.get_password("s", "a")
    assert cause(caught) == AUTH_FAILED
    with pytest.raises(PasswordSetError) as refused:
        ring.set_password("s", "a", "y")
    assert cause(refused) == INVALID_OWNER_EDIT
    (item,) = keychain.find("s", "a")
    keychain.delete(item, SECURITY)
    ring.set_password("s", "a", "y")
    assert ring.get_password("s", "a") == "y"


def test_an_item_for_everybody(keychain: PretendKeychain) -> None:
    keychain.add("s", "a", b"x", creator="/bin/one", open_to_all=True)
    assert PretendKeyring(keychain.path, "/bin/two").get_password("s", "a") == "x"


def test_twice_the_same_is_refused(keychain: PretendKeychain) -> None:
    keychain.add("s", "a", b"x", creator=SECURITY)
    again = status_of(lambda: keychain.add("s", "a", b"y", creator=SECURITY))
    assert again == DUPLICATE_ITEM


def test_no_file_is_no_keychain(tmp_path: Path) -> None:
    assert status_of(PretendKeychain(tmp_path / "none").items) == NO_SUCH_KEYCHAIN


def test_it_never_offers_itself() -> None:
    assert PretendKeyring.priority < 0
    assert all(
        not isinstance(ring, PretendKeyring)
        for ring in backend.get_all_keyring()
        if ring.priority >= 0
    )


def test_many_processes_write_at_once(keychain: PretendKeychain) -> None:
    code = (
        "import sys\n"
        "from entraclaw_tui.demo.mac.keychain import PretendKeychain\n"
        "k = PretendKeychain(sys.argv[1])\n"
        "for n in range(15): k.add('s', f'{sys.argv[2]}-{n}', b'x', creator='/bin/one')\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(keychain.path), str(number)])
        for number in range(4)
    ]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0, 0]
    assert len({item.account for item in keychain.items()}) == 60


def test_the_second_gate_is_the_partition_list_of_the_users_own_keychains(tmp_path: Path) -> None:
    own = PretendKeychain(tmp_path / "Users/demo/Library/Keychains/login.keychain-db")
    elsewhere = PretendKeychain(tmp_path / "build.keychain-db")
    for store in (own, elsewhere):
        store.create()
        store.add("s", "a", b"x", creator="/bin/one", partition="teamid:ONE, cdhash:aa")
        (item,) = store.find("s")
        for partition in ("teamid:ONE", "cdhash:aa"):
            assert store.read(item, "/bin/one", partition) == b"x"
    (item,) = own.find("s")
    assert status_of(lambda: own.read(item, "/bin/one", "teamid:TWO")) == AUTH_FAILED
    assert status_of(lambda: own.read(item, "/bin/two", "teamid:ONE")) == AUTH_FAILED
    # Version 256, as every keychain elsewhere has it, knows no partitions.
    assert elsewhere.read(elsewhere.find("s")[0], "/bin/one", "teamid:TWO") == b"x"
