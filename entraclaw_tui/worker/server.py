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
from entraclaw_tui.ipc.peer import Peer, PeerRefused, alive, is_of, peer_of
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.wire import Service, Wire

A_PROCESS: Final = 8
"""Connections that one process may have on one socket."""
_AT_ONCE: Final = 16
"""Connections that are taken before other work has its turn. Those that give way to them are
closed after it: full sockets, these and a tool's pipes have to fit in 256 descriptors."""
_A_LOT: Final = WireError(
    Code.TOO_MANY, f"One program has at most {A_PROCESS} connections.", "", 1.0
)
_TOLD: Final = framing.encode_error(None, _A_LOT)
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
        self._shares: Counter[str] = Counter()
        self._sated: dict[str, Peer] = {}
        """By process, one peer of each that has as many connections as one may have."""
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
        # A crowd of one program costs little: it is refused before anybody looks at it closely.
        if any(is_of(connection, peer) for peer in self._sated.values()):
            _refuse(connection, _TOLD)
            return
        try:
            peer = peer_of(connection)
        except PeerRefused:
            connection.close()
            return
        why = self._full(peer.process)
        if why is not None:
            _refuse(connection, framing.encode_error(None, why))
            peer.close()
            return
        wire = Wire(peer, self._open_service, self._forget, self._log)
        self._remember(wire)
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
        shares = self._shares
        if shares[process] >= A_PROCESS:
            return _A_LOT
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
        self._forget(victim)
        return None

    def _remember(self, wire: Wire) -> None:
        process = wire.peer.process
        self._wires[wire] = None
        self._shares[process] += 1
        if self._shares[process] >= A_PROCESS:
            self._sated[process] = wire.peer

    def _forget(self, wire: Wire) -> None:
        if wire in self._wires:
            process = wire.peer.process
            del self._wires[wire]
            self._sated.pop(process, None)
            self._shares[process] -= 1
            if not self._shares[process]:
                del self._shares[process]


def _refuse(connection: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):
        connection.send(line)
    connection.close()


def gone(wire: Wire) -> bool:
    """Whether the process at the other end has ended."""
    return not alive(wire.peer.pid, wire.peer.birth)
