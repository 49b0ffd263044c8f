"""Who sits at a control connection: what the system says of the process that wants to decide."""

from __future__ import annotations

from dataclasses import dataclass

from entraclaw_tui.ipc.peer import Peer
from entraclaw_tui.worker import processes
from entraclaw_tui.worker.injectors import injector_of
from entraclaw_tui.worker.terminals import terminal_of


@dataclass(frozen=True, slots=True)
class Approver:
    """One panel, as the kernel tells it."""

    pid: int
    process: str
    name: str
    terminal: str
    injectable_by: str
    over_ssh: bool
    ancestors: frozenset[int]
    """Pids of the processes above it, itself included."""

    @property
    def refusal(self) -> str:
        """Return why it may not allow anything at all, or an empty text."""
        if not self.terminal:
            return "This process has no terminal, so nobody can be sitting at it."
        return ""

    @property
    def words(self) -> str:
        """Return who it is, for the audit and for the other panels."""
        place = f" on {self.terminal}" if self.terminal else ""
        return f"{self.name or 'process'} {self.pid}{place}{' over SSH' if self.over_ssh else ''}"


def approver_of(peer: Peer, claimed_name: str, root: int = 0) -> Approver:
    """Return the approver at this peer. Reads the process table: run it on a thread."""
    chain = processes.chain(peer.pid, root)
    above = chain[1:]
    return Approver(
        pid=peer.pid,
        process=peer.process,
        name=claimed_name,
        terminal=terminal_of(peer.pid),
        injectable_by=injector_of(
            (process.name for process in above), processes.variables_of(peer.pid)
        ),
        over_ssh=processes.remote(above),
        ancestors=frozenset(process.pid for process in chain),
    )


def relation(approver: Approver, requester_pid: int) -> str:
    """Return why this approver may not allow this requester's wish, or an empty text."""
    if approver.pid == requester_pid:
        return "The program that asks cannot allow it itself."
    if requester_pid in approver.ancestors:
        return "The program that asks has started this panel, so it cannot allow it."
    return ""
