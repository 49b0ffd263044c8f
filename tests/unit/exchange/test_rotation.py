"""Rotation of the agent's key: readable at every step, wherever it ends."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraclaw_tui.worker import certificates, credential_record
from entraclaw_tui.worker.certificates import Pair
from entraclaw_tui.worker.config import Agent
from entraclaw_tui.worker.credential import read_key
from entraclaw_tui.worker.credential_record import Record, Version
from entraclaw_tui.worker.credentials import Credentials
from entraclaw_tui.worker.entra_errors import ExchangeError
from entraclaw_tui.worker.rotation import CannotRotate, Rotation
from entraclaw_tui.worker.vault import Vault, key_item
from tests.support.memory_keyring import MemoryKeyring

BOT = Agent("research-bot")
DAY = 86400.0


@pytest.fixture(scope="module")
def pair() -> Pair:
    """A key takes a while to make; which one it is matters to none of these."""
    return certificates.new_pair("research-bot")


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def vault(keyring: MemoryKeyring) -> Iterator[Vault]:
    made = Vault(keyring)
    yield made
    made.close()


@pytest.fixture
def rotation(tmp_path: Path, vault: Vault, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Rotation:
    monkeypatch.setattr(certificates, "new_pair", lambda name: pair)
    return Rotation(tmp_path / "credentials.json", tmp_path / "certificates", vault)


async def usable(tmp_path: Path, vault: Vault) -> int:
    """Return the version that the worker would begin with."""
    number, text = await Credentials(tmp_path / "credentials.json", vault).first(BOT)
    read_key(text).for_msal()
    return number


async def test_the_first_key_is_in_use_at_once(
    rotation: Rotation, tmp_path: Path, vault: Vault, pair: Pair
) -> None:
    made = await rotation.make("research-bot", "research-bot")
    assert (made.number, made.role) == (1, "current")
    assert 179 * DAY < made.ends_at - time.time() < 181 * DAY
    assert await usable(tmp_path, vault) == 1
    file = rotation.certificate_file("research-bot", 1)
    assert file.read_text() == pair.certificate
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    kept = (tmp_path / "credentials.json").read_text()
    assert "PRIVATE" not in kept


async def test_a_rotation_from_end_to_end(
    rotation: Rotation, tmp_path: Path, vault: Vault, keyring: MemoryKeyring
) -> None:
    await rotation.make("research-bot", "research-bot")
    assert (await rotation.make("research-bot", "research-bot")).role == "next"
    assert await usable(tmp_path, vault) == 1
    assert (await rotation.use("research-bot")).number == 2
    assert await usable(tmp_path, vault) == 2
    assert (await rotation.go_back("research-bot")).number == 1
    assert await usable(tmp_path, vault) == 1
    await rotation.go_back("research-bot")
    assert await rotation.forget("research-bot") == (1,)
    assert list(keyring.items) == [key_item("research-bot", 2)]
    assert not rotation.certificate_file("research-bot", 1).exists()
    assert await usable(tmp_path, vault) == 2
    assert (await rotation.make("research-bot", "research-bot")).number == 3


async def test_a_key_that_was_there_before_the_record_is_version_one(
    rotation: Rotation, keyring: MemoryKeyring, tmp_path: Path, vault: Vault, pair: Pair
) -> None:
    text = f'{{"private_key": "{pair.private_key}"}}'.replace("\n", "\\n")
    keyring.items[key_item("research-bot")] = text
    made = await rotation.make("research-bot", "research-bot")
    assert (made.number, made.role) == (2, "next")
    assert [v.number for v in rotation.record().versions("research-bot")] == [1, 2]


async def test_what_cannot_be_is_refused_and_changes_nothing(
    rotation: Rotation, keyring: MemoryKeyring
) -> None:
    with pytest.raises(CannotRotate, match="no next version"):
        await rotation.use("research-bot")
    with pytest.raises(CannotRotate, match="no version 1"):
        await rotation.forget("research-bot")
    await rotation.make("research-bot", "research-bot")
    await rotation.make("research-bot", "research-bot")
    with pytest.raises(CannotRotate, match="waits to be used"):
        await rotation.make("research-bot", "research-bot")
    keyring.items[key_item("research-bot", 2)] = "no key"
    with pytest.raises(CannotRotate, match="cannot be used"):
        await rotation.use("research-bot")
    assert rotation.record().versions("research-bot")[0].number == 1


async def test_a_damaged_record_is_named_and_the_first_key_still_found(
    rotation: Rotation, tmp_path: Path, vault: Vault
) -> None:
    await rotation.make("research-bot", "research-bot")
    (tmp_path / "credentials.json").write_text("{")
    with pytest.raises(CannotRotate, match=r"credentials\.json"):
        rotation.record()
    assert await usable(tmp_path, vault) == 1


async def test_no_key_at_all_says_how_one_is_made(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(ExchangeError) as refused:
        await usable(tmp_path, vault)
    assert "agent credential new" in refused.value.hint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.binary(max_size=200))
def test_a_record_of_any_text_is_read_or_refused(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "credentials.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    with contextlib.suppress(credential_record.RecordDamaged):
        assert isinstance(credential_record.load(path), Record)


def test_the_record_survives_a_round(tmp_path: Path) -> None:
    record = Record({"research-bot": (Version(3, "retired"), Version(4, "current", "t", 1.0, 2.0))})
    credential_record.save(tmp_path / "credentials.json", record)
    assert credential_record.load(tmp_path / "credentials.json") == record
    assert [v.number for v in record.versions("research-bot")] == [4, 3]


@pytest.mark.parametrize(
    "data",
    [
        b'{"agents": {"x\xff": [{"number": 1, "role": "current", "thumbprint": "\xff"}]}}',
        b'{"x":' + b"[" * 10_000,
    ],
    ids=["no text", "nested without end"],
)
def test_a_record_that_nobody_of_ours_wrote_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "credentials.json"
    path.write_bytes(data)
    with pytest.raises(credential_record.RecordDamaged):
        credential_record.load(path)
