"""Listens: who may connect, and how many at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import Counter
from collections.abc import Callable
from typing import Final

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.peer import PeerRefused, alive, peer_of
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.wire import Service, Wire

A_PROCESS: Final = 8
"""Connections that one process may have on one socket."""
_AT_ONCE: Final = 16
"""Connections that are taken before other work has its turn. Those that give way to them are
closed after it: full sockets, these and a tool's pipes have to fit in 256 descriptors."""
_QUIET: Final = 0.5
"""Seconds of silence after which a connection with nothing under way gives way to a new one."""
_PAUSE: Final = 0.5
"""Seconds without accepting after the system refused a descriptor."""


class Server:
    """One socket: accepts, identifies, counts."""

    def __init__(
        self,
        listener: socket.socket,
        limit: int,
        open_service: Callable[[Wire], Service],
        log: WorkerLog,
    ) -> None:
        self._listener = listener
        self._limit = limit
        self._open_service = open_service
        self._log = log
        self._wires: dict[Wire, None] = {}
        self._adopting: set[asyncio.Task[None]] = set()
        self._resume: asyncio.TimerHandle | None = None
        listener.setblocking(False)

    def start(self) -> None:
        """Begin to accept."""
        asyncio.get_running_loop().add_reader(self._listener.fileno(), self._accept)

    def stop(self) -> None:
        """Accept no more and close all connections. The socket itself is its owner's."""
        asyncio.get_running_loop().remove_reader(self._listener.fileno())
        if self._resume is not None:
            self._resume.cancel()
        for wire in tuple(self._wires):
            wire.close()

    @property
    def connections(self) -> int:
        """How many are connected."""
        return len(self._wires)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # No descriptors left: the connection waits in the socket's queue.
                loop = asyncio.get_running_loop()
                loop.remove_reader(self._listener.fileno())
                self._log.warning(
                    "No connection can be taken now.", why=os.strerror(error.errno or 0)
                )
                self._resume = loop.call_later(_PAUSE, self.start)
                return
            self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            peer = peer_of(connection)
        except PeerRefused:
            connection.close()
            return
        why = self._full(peer.process)
        if why is not None:
            with contextlib.suppress(OSError):
                connection.send(framing.encode_error(None, why))
            connection.close()
            peer.close()
            return
        wire = Wire(peer, self._open_service, self._forget, self._log)
        self._wires[wire] = None
        task = asyncio.get_running_loop().create_task(self._adopt(wire, connection))
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    async def _adopt(self, wire: Wire, connection: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: wire, connection)
        except Exception as error:
            self._log.error("A connection could not be taken.", kind=type(error).__name__)
            connection.close()
            if wire in self._wires:
                self._forget(wire)
                wire.peer.close()

    def _full(self, process: str) -> WireError | None:
        """Return why this process may not connect; make room where another has taken it all."""
        shares = Counter(wire.peer.process for wire in self._wires)
        if shares[process] >= A_PROCESS:
            return WireError(
                Code.TOO_MANY, f"One program has at most {A_PROCESS} connections.", "", 1.0
            )
        if len(self._wires) < self._limit:
            return None
        # Nobody can shut the others out: whoever has most gives one back, then whoever has
        # long been silent with nothing under way.
        greedy, most = shares.most_common(1)[0]
        if most > shares[process] + 1:
            victim = [wire for wire in self._wires if wire.peer.process == greedy][-1]
        else:
            victim = min(self._wires, key=lambda wire: (not wire.idle, wire.heard_at))
            quiet = asyncio.get_running_loop().time() - victim.heard_at
            if not victim.idle or quiet < _QUIET:
                return WireError(Code.TOO_MANY, "Too many programs are connected.", "", 1.0)
        victim.refuse(WireError(Code.TOO_MANY, "Others need this connection.", "", 1.0))
        self._wires.pop(victim, None)
        return None

    def _forget(self, wire: Wire) -> None:
        self._wires.pop(wire, None)


def gone(wire: Wire) -> bool:
    """Whether the process at the other end has ended."""
    return not alive(wire.peer.pid, wire.peer.birth)
