"""A real authority on loopback, and an exchange that talks to it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.demo.entra import state
from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.server import Server
from entraclaw_tui.macos.host import MARKER, Host, Marker
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange
from entraclaw_tui.worker.vault import Vault


class MemoryKeyring:
    """A keyring backend over a dict (a stand-in for the Keychain)."""

    def __init__(self, items: dict[str, str]) -> None:
        self.items = items

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[username]


@pytest.fixture
def host() -> Iterator[Host]:
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5", speed=20.0)
    (root / MARKER).write_bytes(msgspec.json.encode(marker))
    yield Host.open(root)
    shutil.rmtree(root)


@pytest.fixture
def provisioned(host: Host) -> state.Provisioned:
    return state.create(host)


@pytest.fixture
def server(host: Host, provisioned: state.Provisioned) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Server(folder(host), [listener])
        thread = threading.Thread(target=served.serve, daemon=True)
        thread.start()
        yield served
        served.stop()
        thread.join(10)
        assert not thread.is_alive()
        served.close()


@pytest.fixture
def config(server: Server, provisioned: state.Provisioned) -> Config:
    return provisioned.config(server.port)


@pytest.fixture
def items(provisioned: state.Provisioned) -> dict[str, str]:
    """What is in the Keychain."""
    return provisioned.keychain_items()


@pytest.fixture
def vault(items: dict[str, str]) -> Iterator[Vault]:
    made = Vault(MemoryKeyring(items))
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
