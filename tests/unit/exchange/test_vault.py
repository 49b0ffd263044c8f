"""The vault around a keyring backend."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from keyring.errors import KeyringError, KeyringLocked

from entraclaw_tui.worker.vault import (
    SIZE_LIMIT,
    Backend,
    Vault,
    VaultError,
    VaultLocked,
    VaultTimedOut,
    VaultUnavailable,
    key_item,
    session_item,
)


class Memory:
    """A keyring backend in memory (a stand-in for the Keychain)."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.threads: set[str] = set()
        self.before: Callable[[], None] = lambda: None

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.add(threading.current_thread().name)
        self.before()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.before()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


async def test_keeps_below_one_service_on_one_thread() -> None:
    memory = Memory()
    vault = Vault(memory)
    assert await vault.get("pin:v1") is None
    await vault.set("pin:v1", "secret")
    assert memory.items == {("com.entraclaw.agent", "pin:v1"): "secret"}
    assert await vault.get("pin:v1") == "secret"
    assert await vault.delete("pin:v1") is True
    assert await vault.delete("pin:v1") is False
    assert memory.threads == {"vault"}
    vault.close()


@pytest.mark.parametrize("value", ["", "two\nlines", "\u00e9", "\x1b[2J", "x" * (SIZE_LIMIT + 1)])
async def test_takes_one_line_of_ascii(value: str) -> None:
    vault = Vault(Memory())
    with pytest.raises(ValueError, match="a value of the vault") as caught:
        await vault.set("pin:v1", value)
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (KeyringLocked("Can't get password from keychain: (-128, 'x')"), VaultLocked),
        (KeyringError("Can't get password from keychain: (-25308, 'x')"), VaultLocked),
        (KeyringError("Can't get password from keychain: (-25293, 'x')"), VaultUnavailable),
        (KeyringError("Can't get password from keychain: (-25244, 'x')"), VaultUnavailable),
        (KeyringError("(-25300, 'gone')"), VaultUnavailable),
        (RuntimeError("value=hunter2"), VaultUnavailable),
    ],
)
async def test_errors_are_typed_and_quote_nothing(error: Exception, kind: type[VaultError]) -> None:
    memory = Memory()
    memory.before = raising(error)
    vault = Vault(memory)
    for call in (vault.get("x"), vault.set("x", "v"), vault.delete("x")):
        with pytest.raises(kind) as caught:
            await call
        assert "hunter2" not in caught.value.message + caught.value.hint
        assert caught.value.__suppress_context__


async def test_what_was_not_kept_is_noticed() -> None:
    class Forgetful(Memory):
        def set_password(self, service: str, username: str, password: str) -> None:
            self.items[service, username] = password[:3]

    with pytest.raises(VaultUnavailable, match="did not keep"):
        await Vault(Forgetful()).set("x", "secret")


async def test_a_dialog_nobody_answers_has_a_deadline() -> None:
    answered = threading.Event()
    memory = Memory()

    def wait() -> None:
        assert answered.wait(30)

    memory.before = wait
    vault = Vault(memory, deadline=0.05)
    for _ in range(2):
        with pytest.raises(VaultTimedOut, match=r"within 0\.05 s"):
            await vault.get("x")
    answered.set()
    slow = Vault(memory)  # the thread is its own; the first one is free again, too
    assert await slow.get("x") is None
    vault.close()
    slow.close()


def test_names_of_items() -> None:
    assert key_item("research-bot") == "key:research-bot:v1"
    assert session_item("t", "a@b") == "session:t:a@b"


def test_a_backend_of_keyring_fits() -> None:
    from keyring.backends.null import Keyring

    backend: Backend = Keyring()  # type: ignore[no-untyped-call]  # only its shape is of interest
    assert backend.get_password("s", "u") is None
