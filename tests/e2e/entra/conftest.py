"""A real authority on loopback, and an exchange that talks to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from entraclaw_tui.demo.entra import state
from entraclaw_tui.demo.entra.server import Server
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange
from entraclaw_tui.worker.vault import Vault
from tests.support.authority import pretend_host, serving
from tests.support.memory_keyring import MemoryKeyring


@pytest.fixture
def host() -> Iterator[Host]:
    with pretend_host() as made:
        yield made


@pytest.fixture
def provisioned(host: Host) -> state.Provisioned:
    return state.create(host)


@pytest.fixture
def server(host: Host, provisioned: state.Provisioned) -> Iterator[Server]:
    with serving(host) as served:
        yield served


@pytest.fixture
def config(server: Server, provisioned: state.Provisioned) -> Config:
    return provisioned.config(server.port)


@pytest.fixture
def items(provisioned: state.Provisioned) -> dict[str, str]:
    """What is in the Keychain."""
    return provisioned.keychain_items()


@pytest.fixture
def vault(items: dict[str, str]) -> Iterator[Vault]:
    keyring = MemoryKeyring()
    keyring.items = items
    made = Vault(keyring)
    yield made
    made.close()


@pytest.fixture
def record(host: Host) -> Path:
    """Where the versions of the agent's key stand; at first nowhere."""
    path = Places.of(host).credential_record
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def notes() -> list[tuple[str, str, dict[str, str]]]:
    """What the exchange told its log."""
    return []


@pytest.fixture
def exchange(
    config: Config, vault: Vault, record: Path, notes: list[tuple[str, str, dict[str, str]]]
) -> Iterator[Exchange]:
    def note(level: str, message: str, fields: Mapping[str, str]) -> None:
        notes.append((level, message, dict(fields)))

    made = Exchange(config, vault, record, note)
    yield made
    made.close()
