"""A real worker process on a pretend Mac, and the words a test uses it with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from entraclaw_tui.demo.mac import build
from entraclaw_tui.demo.mac.backend import PretendKeyring
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.worker.setup import Setup
from entraclaw_tui.worker.vault import Vault
from tests.support.demo import PIN, until
from tests.support.raw_client import RawClient
from tests.support.terminal import Terminal
from tests.support.worker_stage import CONFIG

_SUPPORT = Path(__file__).parent


class RunningWorker:
    """The worker's process and what a test does with it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.places = Places.of(host)
        self.process: subprocess.Popen[bytes] | None = None

    def start(
        self, *options: str, before: tuple[str, ...] = (), environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start it and wait until it answers. `before`: a command that starts it by `exec`."""
        command = [*before, sys.executable, "-B", str(_SUPPORT / "worker_process.py")]
        self.process = subprocess.Popen(
            [*command, str(self.host.root), *options], stderr=subprocess.PIPE, env=environment
        )
        until(self._answers, "the worker's answer")
        return self.process

    def end(self, how: int = signal.SIGTERM) -> int:
        """End it; return its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(20)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code

    def client(self, name: str = "tester", *, shows_code: bool = False) -> RawClient:
        """Return a client that has said hello."""
        return self._greeted(self.places.request_socket, name, shows_code)

    def panel(self) -> RawClient:
        """Return a panel of this very process: it may look and deny."""
        return self._greeted(self.places.control_socket, "panel", False)

    def _greeted(self, path: Path, name: str, shows_code: bool) -> RawClient:
        client = RawClient(os.fspath(path))
        try:
            client.hello(name, shows_code=shows_code)
        except BaseException as error:
            client.close()
            error.add_note(f"the worker's exit: {self.process and self.process.poll()}")
            error.add_note(self.log()[-2000:])
            raise
        return client

    def allow(
        self, request_id: object, proof: str = PIN, pin: str = PIN, remember: str = "once"
    ) -> str:
        """Let somebody at a terminal allow a request; return what came of it."""
        allower = Terminal(
            [
                sys.executable,
                str(_SUPPORT / "allower.py"),
                os.fspath(self.places.control_socket),
                str(request_id),
                pin,
                proof,
                remember,
            ]
        )
        try:
            found = allower.wait_for("(decided|refused): .*")
            allower.wait_end()
            return found[0]
        finally:
            allower.close()

    @property
    def wishes(self) -> list[str]:
        """What was exchanged, over all lives of the worker."""
        path = self.host.root / "wishes"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def log(self) -> str:
        """The worker's log."""
        return self.places.worker_log.read_text("utf-8")

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            assert self.process.stderr is not None
            raise AssertionError(self.process.stderr.read().decode())
        # A child that the last worker was just starting may hold its listener for a moment: what
        # counts is that this very process answers.
        try:
            probe = RawClient(os.fspath(self.places.control_socket))
        except OSError:
            return False
        try:
            probe.hello("probe")
            info = probe.result("worker.status")
            # On a busy machine it serves before it has read what it needs.
            return info["pid"] == self.process.pid and info["keychain"] != "unknown"
        except (AssertionError, OSError):
            return False
        finally:
            probe.close()


@contextlib.contextmanager
def pretend_mac() -> Iterator[Host]:
    """Make a pretend Mac with an empty Keychain, at a short path."""
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    host = build.prepare(root)
    PretendKeychain(Places.of(host).login_keychain).create()
    yield host
    shutil.rmtree(root)


def furnish(host: Host) -> None:
    """Set the PIN and write the settings."""
    places = Places.of(host)

    async def set_pin() -> None:
        vault = Vault(PretendKeyring(places.login_keychain))
        async with Setup.open(host, vault) as setup:
            await setup.set_pin(PIN)
        vault.close()

    asyncio.run(set_pin())
    CONFIG.save(places.config)


@contextlib.contextmanager
def running_worker() -> Iterator[RunningWorker]:
    """Run a worker on a Mac of its own until the end."""
    with pretend_mac() as host:
        furnish(host)
        running = RunningWorker(host)
        running.start()
        try:
            yield running
        finally:
            running.end()
