"""What the system says about a program that asks. None of it comes from the program."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from entraclaw_tui.ipc.peer import Peer
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.consent import Parent, Requester
from entraclaw_tui.text import clean
from entraclaw_tui.worker import processes
from entraclaw_tui.worker.executables import Executables
from entraclaw_tui.worker.identity import identity_of
from entraclaw_tui.worker.terminals import terminal_of

_PARENTS: Final = 8
_PATH_LIMIT: Final = 1024


@dataclass(frozen=True, slots=True)
class Asker:
    """A requester with what only the worker needs of it."""

    requester: Requester
    process: str
    program: str
    quota: str
    """Whose share of the person's attention its requests use: all scripts of one interpreter
    have one share, since each of them would else be a new client."""
    over_ssh: bool


class Requesters:
    """Describes peers."""

    def __init__(self, host: Host, root: int = 0) -> None:
        self._host = host
        self._root = root
        self._executables = Executables(host)

    async def describe(self, peer: Peer) -> Asker:
        """Return who is at this peer, as of now. Takes a few ms, longer for a new program."""
        path, chain, terminal = await asyncio.to_thread(self._look, peer.pid)
        executable = await self._executables.read(peer.pid, path)
        shown = clean(self._host.shown(path), _PATH_LIMIT)
        identity, bound = identity_of(shown, executable, peer.process)
        requester = Requester(
            pid=peer.pid,
            started_at=chain[0].started_at if chain else 0.0,
            uid=self._host.uid,
            user=self._host.user,
            executable=shown,
            digest=executable.digest,
            signature=executable.signature,
            parents=tuple(Parent(p.pid, clean(p.name, 64)) for p in chain[1 : 1 + _PARENTS]),
            terminal=terminal,
            verified_by=peer.verified_by,
            identity=identity,
            is_interpreter=bound,
        )
        quota = f"program:{shown}" if bound else identity
        return Asker(requester, peer.process, peer.program, quota, processes.remote(chain))

    def _look(self, pid: int) -> tuple[str, tuple[processes.Process, ...], str]:
        return (
            processes.executable_of(pid),
            processes.chain(pid, self._root),
            terminal_of(pid),
        )
