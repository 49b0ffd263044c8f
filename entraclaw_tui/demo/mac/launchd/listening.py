"""The sockets that launchd keeps for a job, open whether the job runs or not."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
from pathlib import Path

from entraclaw_tui.demo.mac.launchd.definition import SocketSpec

PATH_LIMIT = 103
"""Bytes of a Unix socket's path on a Mac."""

_LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}


class ListeningError(Exception):
    """The socket cannot be made; the message is one for launchd's log."""


class Listening:
    """One listening socket of a job."""

    def __init__(self, spec: SocketSpec, open_: socket.socket) -> None:
        self.spec = spec
        self.socket = open_

    @property
    def readable(self) -> bool:
        """Whether a client waits to be accepted."""
        poller = select.poll()
        poller.register(self.socket, select.POLLIN)
        return bool(poller.poll(0))

    def close(self) -> None:
        """Close it and take its path away."""
        self.socket.close()
        if self.spec.path:
            with contextlib.suppress(OSError):
                Path(self.spec.path).unlink()


def listen(spec: SocketSpec, adopted: dict[int, socket.socket]) -> Listening:
    """Make the socket that `spec` asks for, or take over one of `adopted`.

    A pretend Mac listens on loopback alone, whatever the entry says. Raises ListeningError.
    """
    if spec.kind.lower() != "stream" or not spec.passive:
        raise ListeningError(f"only listening stream sockets are kept here: {spec.name}")
    try:
        return Listening(spec, _unix(spec) if spec.path else _tcp(spec, adopted))
    except OSError as error:
        raise ListeningError(f"{spec.name}: {error}") from None


def _unix(spec: SocketSpec) -> socket.socket:
    path = Path(spec.path)
    if len(os.fsencode(path)) > PATH_LIMIT:
        raise ListeningError(f"{spec.name}: the path has more than {PATH_LIMIT} bytes: {path}")
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ListeningError(f"{spec.name}: something else is at {path}")
        path.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~(0o666 if spec.mode is None else spec.mode))
    try:
        made.bind(spec.path)
        made.listen(128)
    except OSError:
        made.close()
        raise
    finally:
        os.umask(before)
    if spec.mode is not None:
        path.chmod(spec.mode)
    return made


def _tcp(spec: SocketSpec, adopted: dict[int, socket.socket]) -> socket.socket:
    if not spec.port.isdigit():
        raise ListeningError(f"{spec.name}: SockServiceName must be a port number")
    port = int(spec.port)
    if port in adopted:
        return adopted[port].dup()
    node = spec.node or "127.0.0.1"
    if node not in _LOOPBACK:
        raise ListeningError(f"{spec.name}: {node} is not loopback")
    made = socket.socket(_LOOPBACK[node], socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((node, port))
        made.listen(128)
    except OSError:
        made.close()
        raise
    return made
