"""The life of a demo: build the folder, start the pretend Mac beside us, take both away again.

The pretend Mac is a process of its own (`be_the_mac`) that holds a leash: its standard input is a
pipe whose other end only we have. However we end, killed included, the pipe closes, and the Mac
ends its jobs, itself and, unless it was given a folder to stay in, its folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from entraclaw_tui.demo.mac import build, wire
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.demo.scenarios.names import HEALTHY, LINES
from entraclaw_tui.demo.scenarios.table import SCENARIOS
from entraclaw_tui.macos.host import MARKER, Host, Marker
from entraclaw_tui.macos.places import LABEL, Places

PIN = "246810"
"""The PIN of every demo. It protects nothing."""

_UP_SECONDS = 30.0
_DOWN_SECONDS = 20.0
_LOG = "/private/var/log/pretend-mac.log"


class StageError(Exception):
    """The pretend Mac cannot be started. The message is for a person."""


class Stage:
    """A running pretend Mac. Use it as a context manager."""

    def __init__(
        self,
        folder: Path | None,
        *,
        macos: str | None = None,
        scenario: str | None = None,
        speed: float = 1.0,
    ) -> None:
        self._remove = folder is None
        name, release = _chosen(folder, scenario, macos)
        self.scenario = name
        self._plan = SCENARIOS[name]
        self.host: Host = build.prepare(folder, macos=release, scenario=name, speed=speed)
        self._mac: subprocess.Popen[bytes] | None = None

    @property
    def banner(self) -> str:
        """What a newcomer must know, in one line."""
        if self.scenario != HEALTHY:
            return f"{self.scenario}: {LINES[self.scenario]}; the PIN is {PIN}"
        return f"the PIN is {PIN}; two-digit codes show in the logs"

    def description(self) -> list[str]:
        """Return where everything is, for a person at another terminal."""
        places = Places.of(self.host)
        return [
            f"A pretend Mac runs at {self.host.root}",
            f"It shows         {self.scenario}: {LINES[self.scenario]}",
            f"The PIN is {PIN}",
            f"Clients ask at   {places.request_socket}",
            f"The panel is at  {places.control_socket}",
            f"Open it with     entraclaw-tui --root {self.host.root}",
        ]

    def __enter__(self) -> Self:
        if _somebody_is_home(self.host):
            raise StageError(
                f"This pretend Mac already runs. Open it: entraclaw-tui --root {self.host.root}"
            )
        command = [sys.executable, "-I", "-B", "-m", "entraclaw_tui"]
        command += ["--root", str(self.host.root), "demo", "mac"]
        if self._remove:
            command.append("--remove")
        log = self.host.path(_LOG)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as out:
            self._mac = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        mac = self._mac
        if mac is None or mac.stdin is None:
            return
        with contextlib.suppress(OSError):
            mac.stdin.close()
        try:
            mac.wait(_DOWN_SECONDS)
        except subprocess.TimeoutExpired:
            mac.kill()
            mac.wait()
        if self._remove:
            shutil.rmtree(self.host.root, ignore_errors=True)

    def wait_until_up(self) -> None:
        """Return once the Mac is in the state it shows: as a rule once the worker answers.

        Raises StageError with the reason.
        """
        deadline = time.monotonic() + _UP_SECONDS
        while time.monotonic() < deadline:
            if self._mac is not None and self._mac.poll() is not None:
                raise StageError(f"The pretend Mac did not start: {self._last_words()}")
            if self._is_up():
                return
            time.sleep(0.05)
        what = "The worker did not answer" if self._plan.worker else "The state was not reached"
        raise StageError(f"{what} in time: {self._last_words()}")

    def _is_up(self) -> bool:
        if not _somebody_is_home(self.host):
            return False
        if self._plan.worker and not _greets(Places.of(self.host).control_socket):
            return False
        return not self._plan.reached or self._plan.reached in self._job()

    def _job(self) -> str:
        domain = f"{self._plan.domain or 'gui'}/{self.host.uid}"
        door = Layout(self.host.root).launchd_socket
        with contextlib.suppress(wire.WireError):
            return wire.ask(door, ["print", f"{domain}/{LABEL}"], 5.0).out
        return ""

    def _last_words(self) -> str:
        try:
            lines = self.host.path(_LOG).read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else "it left no message"


def be_the_mac(host: Host, *, remove: bool) -> None:
    """Furnish the folder and be its launchd until standard input ends; then clean up."""
    from entraclaw_tui.demo import story
    from entraclaw_tui.demo.mac import launchd

    # The terminal's ctrl+c is for the dashboard; the leash tells us when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        launchd.serve(host, story.furnish(host, pin=PIN), leash=sys.stdin.fileno())
    finally:
        if remove:
            shutil.rmtree(host.root, ignore_errors=True)


def _chosen(folder: Path | None, scenario: str | None, macos: str | None) -> tuple[str, str]:
    """Return the scenario and the release: what was asked for, or what the folder has.

    Raises StageError for a folder that was furnished for another scenario: what that changed
    is not put back.
    """
    kept = _kept(folder)
    if kept is not None and scenario not in (None, kept.scenario):
        raise StageError(
            f"The pretend Mac at {folder} shows {kept.scenario}; name another folder for "
            f"{scenario}."
        )
    name = kept.scenario if kept is not None else scenario or HEALTHY
    if name not in SCENARIOS:
        raise StageError(f"There is no scenario {name}.")
    needed = SCENARIOS[name].macos
    if needed and macos not in (None, needed):
        raise StageError(f"{name} needs macOS {needed}.")
    release = kept.macos.partition(".")[0] if kept is not None else "26"
    return name, macos or needed or release


def _kept(folder: Path | None) -> Marker | None:
    """Return what a folder that is a pretend Mac already says of itself."""
    if folder is None or not (folder / MARKER).exists():
        return None
    return Host.open(folder).marker


def _somebody_is_home(host: Host) -> bool:
    return _greets(host.path("/private/var/run/launchd.sock"))


def _greets(path: Path) -> bool:
    """Whether somebody accepts connections at a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
        return True
