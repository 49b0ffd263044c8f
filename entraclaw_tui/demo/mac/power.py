"""Turns a pretend Mac on and off."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from pathlib import Path

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.macos.host import Host, HostError

_STEP = 0.01


def is_on(host: Host) -> bool:
    """Return whether a launchd runs for this pretend Mac."""
    return _held(Layout(host.root).launchd_lock)


def turn_on(
    host: Host,
    *,
    adopt: dict[int, int] | None = None,
    leash: int | None = None,
    deadline: float = 10.0,
) -> subprocess.Popen[bytes]:
    """Start the launchd as a process of its own and return it once it answers.

    `adopt` maps ports to descriptors of sockets that listen on them already; when the other end
    of `leash` is closed, everything ends. The caller waits for the process in the end. Raises
    HostError where it does not come up.
    """
    if is_on(host):
        raise HostError(f"The launchd of {host.root} runs already.")
    layout = Layout(host.root)
    command = [sys.executable, "-I", "-m", "entraclaw_tui.demo.mac.launchd", str(host.root)]
    command += [f"--adopt={port}={descriptor}" for port, descriptor in (adopt or {}).items()]
    command += [f"--leash={leash}"] if leash is not None else []
    passed = [*(adopt or {}).values(), *([leash] if leash is not None else [])]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=passed, cwd="/"
    )
    until = time.monotonic() + deadline
    while time.monotonic() < until and process.poll() is None:
        try:
            wire.ask(layout.launchd_socket, ["managername"], deadline)
        except wire.WireError:
            time.sleep(_STEP)
            continue
        return process
    process.kill()
    process.wait()
    raise HostError(f"The launchd of {host.root} did not start.")


def shut_down(host: Host, deadline: float = 20.0) -> None:
    """Ask the launchd to end every job and itself, and wait until it is gone.

    Nothing happens where it is off. Raises HostError past `deadline` seconds.
    """
    layout = Layout(host.root)
    if not _held(layout.launchd_lock):
        return
    try:
        wire.ask(layout.launchd_socket, ["-shutdown"], deadline)
    except wire.WireError as error:
        raise HostError(f"The launchd of {host.root} cannot be asked to end: {error}") from None
    until = time.monotonic() + deadline
    while _held(layout.launchd_lock):
        if time.monotonic() > until:
            raise HostError(f"The launchd of {host.root} did not end.")
        time.sleep(_STEP)


def _held(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
