"""A real authority on loopback: its files, its server, and what an agent needs to use it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from entraclaw_tui.demo.entra import state
from entraclaw_tui.demo.entra.directory import folder
from entraclaw_tui.demo.entra.server import Server
from entraclaw_tui.macos.host import MARKER, Host, Marker
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.config import Config
from entraclaw_tui.worker.exchange import Exchange, Note
from entraclaw_tui.worker.vault import Vault
from tests.support.memory_keyring import MemoryKeyring


@dataclass
class LiveAuthority:
    """One that serves."""

    host: Host
    provisioned: state.Provisioned
    port: int
    keyring: MemoryKeyring

    @property
    def config(self) -> Config:
        """The settings for it."""
        return self.provisioned.config(self.port)

    @property
    def record(self) -> Path:
        """Where the versions of the agent's key stand; at first nowhere."""
        path = Places.of(self.host).credential_record
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def exchange(self, note: Note | None = None) -> Exchange:
        """Return an exchange of its own, with its own vault over the one keyring."""
        return Exchange(self.config, Vault(self.keyring), self.record, note)


@contextlib.contextmanager
def pretend_host(speed: float = 20.0) -> Iterator[Host]:
    """Give a host whose root is a folder with the marker and nothing else."""
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5", speed=speed)
    (root / MARKER).write_bytes(msgspec.json.encode(marker))
    try:
        yield Host.open(root)
    finally:
        shutil.rmtree(root)


@contextlib.contextmanager
def serving(host: Host) -> Iterator[Server]:
    """Serve the authority of a host on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Server(folder(host), [listener])
        thread = threading.Thread(target=served.serve, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.stop()
            thread.join(10)
            served.close()
        if thread.is_alive():
            raise AssertionError("the authority did not stop")


@contextlib.contextmanager
def serving_apart(host: Host) -> Iterator[int]:
    """Serve it from a process of its own, as on the pretend Mac; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        listener.set_inheritable(True)
        process = subprocess.Popen(
            [sys.executable, "-c", _APART, str(host.root), str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd=Path(__file__).parents[2],
        )
        try:
            yield port
        finally:
            process.kill()
            process.wait(10)


_APART = """
import socket, sys
from pathlib import Path
from entraclaw_tui.demo.entra.server import serve
from entraclaw_tui.macos.host import Host
serve(Host.open(Path(sys.argv[1])), [socket.socket(fileno=int(sys.argv[2]))])
"""


@contextlib.contextmanager
def live_authority() -> Iterator[LiveAuthority]:
    """Give an authority with one agent, whose secrets are in a keyring in memory."""
    with pretend_host() as host:
        provisioned = state.create(host)
        keyring = MemoryKeyring()
        keyring.items |= provisioned.keychain_items()
        with serving_apart(host) as port:
            yield LiveAuthority(host, provisioned, port, keyring)
