"""When a pretend keychain locks itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from entraclaw_tui.demo.mac import keychain_clock
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.lean import FACTS
from entraclaw_tui.demo.mac.osstatus import INTERACTION_NOT_ALLOWED, KeychainStatus

ME = "/usr/bin/me"


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def keychain(tmp_path: Path, clock: Clock) -> PretendKeychain:
    found = PretendKeychain(tmp_path / "x.keychain-db")
    found.create("secret")
    found.add("service", "account", b"value", creator=ME)
    return found


def read(keychain: PretendKeychain) -> bytes:
    return keychain.read(keychain.find("service")[0], ME)


def locked(keychain: PretendKeychain) -> bool:
    return keychain.locked


def test_each_use_lets_its_time_begin_anew(keychain: PretendKeychain, clock: Clock) -> None:
    keychain.set_policy("timeout=300s")
    for _ in range(5):
        clock.now += 299
        assert read(keychain) == b"value"
    clock.now += 200
    keychain.update(keychain.find("service")[0], b"new")
    clock.now += 200
    keychain.add("other", "account", b"x", creator=ME)
    clock.now += 299
    assert not locked(keychain)
    clock.now += 1
    assert locked(keychain)
    with pytest.raises(KeychainStatus) as refused:
        read(keychain)
    assert refused.value.status == INTERACTION_NOT_ALLOWED


def test_looks_are_no_use(keychain: PretendKeychain, clock: Clock) -> None:
    keychain.set_policy("lock-on-sleep timeout=300s")
    clock.now += 200
    assert not locked(keychain)
    assert keychain.items()
    assert keychain.policy == "lock-on-sleep timeout=300s"
    clock.now += 100
    assert locked(keychain)


def test_what_locked_stays_locked_until_its_password_comes(
    keychain: PretendKeychain, clock: Clock
) -> None:
    keychain.set_policy("timeout=300s")
    clock.now += 301
    assert locked(keychain)
    clock.now -= 301  # a clock that is set back opens nothing
    assert locked(keychain)
    keychain.unlock("secret")
    clock.now += 299
    assert read(keychain) == b"value"


def test_one_without_a_timeout_never_locks(keychain: PretendKeychain, clock: Clock) -> None:
    keychain.set_policy("no-timeout")
    clock.now += 1e9
    assert read(keychain) == b"value"


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        ("no-timeout", None),
        ("lock-on-sleep no-timeout", None),
        ("", None),
        ("timeout=300s", 300),
        ("lock-on-sleep timeout=21600s", 21600),
    ],
)
def test_policies(policy: str, seconds: int | None) -> None:
    assert keychain_clock.seconds(policy) == seconds


def test_a_fast_mac_has_fast_keychains(tmp_path: Path, clock: Clock) -> None:
    facts = tmp_path / FACTS
    facts.parent.mkdir(parents=True)
    facts.write_text("macos=26.5\nspeed=50.0\n")
    keychain = PretendKeychain(tmp_path / "Users/demo/Library/Keychains/x.keychain-db")
    keychain.create()
    keychain.set_policy("timeout=300s")
    clock.now += 5.9
    assert not locked(keychain)
    clock.now += 0.2
    assert locked(keychain)
