"""The socket at which launchd is asked."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.demo.mac import wire
from entraclaw_tui.demo.mac.launchd.peer import peer
from entraclaw_tui.demo.mac.launchd.reactor import READ, WRITE, Reactor

Answering = Callable[[list[str], int], tuple[wire.Answer, list[int]]]
"""Takes the words and the asker's pid; returns an answer and descriptors to go with it."""


class Door:
    """Listens, and lets nobody in but the same account."""

    def __init__(self, path: Path, reactor: Reactor, answering: Answering) -> None:
        self._path = path
        self._reactor = reactor
        self._answering = answering
        self._guests: set[_Guest] = set()
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen(128)
        self._socket.setblocking(False)
        reactor.watch(self._socket, READ, self._accept)

    def close(self) -> None:
        """Take the socket away; answers that were not read yet are lost."""
        for guest in list(self._guests):
            guest.leave()
        self._reactor.forget(self._socket)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        try:
            pid, uid = peer(connection)
        except OSError:
            connection.close()
            return
        if uid != os.getuid():
            connection.close()
            return
        connection.setblocking(False)
        guest = _Guest(connection, pid, self._reactor, self._answering, self._guests)
        self._guests.add(guest)


class _Guest:
    """One connection: a request, an answer, the end."""

    def __init__(
        self,
        connection: socket.socket,
        pid: int,
        reactor: Reactor,
        answering: Answering,
        guests: set[_Guest],
    ) -> None:
        self._connection = connection
        self._pid = pid
        self._reactor = reactor
        self._answering = answering
        self._guests = guests
        self._data = b""
        self._descriptors: list[int] = []
        reactor.watch(connection, READ, self._read)

    def leave(self) -> None:
        """Close the connection."""
        self._guests.discard(self)
        self._reactor.forget(self._connection)
        self._connection.close()

    def _read(self) -> None:
        try:
            chunk = self._connection.recv(65536)
            words = wire.decode(self._data + chunk)
        except (OSError, wire.WireError):
            self.leave()
            return
        self._data += chunk
        if words is None:
            if not chunk:
                self.leave()
            return
        answer, self._descriptors = self._answering(words, self._pid)
        self._data = answer.encoded()
        self._reactor.watch(self._connection, WRITE, self._write)
        self._write()

    def _write(self) -> None:
        try:
            if self._descriptors:
                sent = socket.send_fds(self._connection, [self._data], self._descriptors)
                self._descriptors = []
            else:
                sent = self._connection.send(self._data)
        except BlockingIOError:
            return
        except OSError:
            self.leave()
            return
        self._data = self._data[sent:]
        if not self._data:
            self.leave()
