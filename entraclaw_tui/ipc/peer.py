"""Who is at the other end of a socket, as the kernel tells it.

A pid alone names nobody: it is used again, and a program can become another one (`exec`) after it
has asked. So a peer is a pid with what makes it unique, and `unchanged` is asked again before
anything is decided or handed over.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import socket
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

# <sys/un.h>, XNU. Python's socket module exports none of them.
_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_LOCAL_PEERTOKEN = 6
_XUCRED_BYTES = 76
_AUDIT_TOKEN_BYTES = 32
# <asm-generic/socket.h>, Linux 6.5 and newer.
_SO_PEERPIDFD = 77


class PeerRefused(Exception):
    """The peer is another user, is gone, or the kernel does not say who it is."""


class SocketLike(Protocol):
    """What is needed of a socket; asyncio's TransportSocket has it too."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Return an option's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Peer:
    """One process, told apart from every other that has or had the same pid."""

    uid: int
    pid: int
    birth: str
    """What makes the pid unique over time; the same text as long as the process lives."""
    verified_by: str
    """`audit token`, `pidfd` or `start time`."""
    program: str
    """Device and inode of the running executable, empty where they are not told."""
    token: bytes = field(default=b"", repr=False)
    """The audit token of a Mac; its pid version changes by `exec`."""
    pidfd: int = -1

    @property
    def process(self) -> str:
        """One process in one text, `4711:birth`."""
        return f"{self.pid}:{self.birth}"

    def close(self) -> None:
        """Give the descriptor back."""
        if self.pidfd >= 0:
            with contextlib.suppress(OSError):
                os.close(self.pidfd)


def peer_of(connection: SocketLike) -> Peer:
    """Return who is connected. Raises PeerRefused for another user or an unknown peer."""
    try:
        peer = _peer_darwin(connection) if sys.platform == "darwin" else _peer_linux(connection)
    except (OSError, struct.error, ValueError) as error:
        raise PeerRefused(f"The system does not say who is connected: {error}") from None
    if peer.uid != os.geteuid():
        peer.close()
        raise PeerRefused("The peer belongs to another user.")
    return peer


def is_of(connection: SocketLike, peer: Peer) -> bool:
    """Whether whoever is connected is the process of `peer`, told without a look at the process.

    False also where that takes a look: then `peer_of` knows.
    """
    try:
        if sys.platform == "darwin":
            token = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERTOKEN, _AUDIT_TOKEN_BYTES)
            return token == peer.token
        # Nobody else can have the pid of a process that its descriptor says is alive.
        return peer.pidfd >= 0 and _credentials(connection)[0] == peer.pid and _pidfd_alive(peer)
    except (OSError, struct.error):
        return False


def unchanged(connection: SocketLike, peer: Peer) -> bool:
    """Whether the same process, running the same program, is still there."""
    try:
        if sys.platform == "darwin":
            # The token describes whoever used the socket last, as of now.
            token = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERTOKEN, _AUDIT_TOKEN_BYTES)
            return token == peer.token and alive(peer.pid, peer.birth)
        if peer.pidfd >= 0:  # the descriptor stands for this very process, whatever its pid
            # The program is read by the pid: it is this peer's if the peer lives after the reading.
            return program_of(peer.pid) == peer.program and _pidfd_alive(peer)
        return lives_as(peer.pid, peer.birth, peer.program)
    except (OSError, ValueError):
        return False


def lives_as(pid: int, birth: str, program: str) -> bool:
    """Whether the process lives and still runs the program it ran."""
    return birth_of(pid) == birth and program_of(pid) == program


def alive(pid: int, birth: str) -> bool:
    """Whether the process that had this pid then still lives."""
    return birth_of(pid) == birth


def birth_of(pid: int) -> str:
    """Return what tells this process from a later one with its pid; empty where it is gone."""
    return _birth_darwin(pid) if sys.platform == "darwin" else _birth_linux(pid)


def program_of(pid: int) -> str:
    """Return the identity of the file that the process runs; empty where it is not told."""
    if sys.platform == "darwin":
        return _program_darwin(pid)
    try:
        status = os.stat(f"/proc/{pid}/exe")  # noqa: PTH116 - on the way of every token
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def _peer_linux(connection: SocketLike) -> Peer:
    pid, uid = _credentials(connection)
    pidfd, verified = -1, "start time"
    with contextlib.suppress(OSError):  # an older kernel
        (pidfd,) = struct.unpack("i", connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD, 4))
        verified = "pidfd"
    birth, program = _birth_linux(pid), program_of(pid)
    peer = Peer(uid, pid, birth, verified, program, pidfd=pidfd)
    # The pid is read by name: it is this peer's only if the peer still lives after the reading.
    if not birth or not _pidfd_alive(peer):
        peer.close()
        raise PeerRefused("The peer is gone.")
    return peer


def _credentials(connection: SocketLike) -> tuple[int, int]:
    """Return pid and user of who connected (unix(7), SO_PEERCRED)."""
    option = int(getattr(socket, "SO_PEERCRED", 17))
    found = connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    pid, uid, _gid = struct.unpack("3i", found)
    return pid, uid


def _pidfd_alive(peer: Peer) -> bool:
    if peer.pidfd < 0:
        return True
    watch = select.poll()
    watch.register(peer.pidfd, select.POLLIN)
    return not watch.poll(0)


def _birth_linux(pid: int) -> str:
    """Return the boot and the start in clock ticks since it (proc(5), stat, field 22)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return ""
    return f"{_boot_linux()}.{fields[19].decode('ascii')}"


@functools.cache
def _boot_linux() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
    except OSError:
        return "0"


def _peer_darwin(connection: SocketLike) -> Peer:
    credentials = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_BYTES)
    version, uid = struct.unpack_from("=II", credentials)
    token = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERTOKEN, _AUDIT_TOKEN_BYTES)
    if version != 0 or len(token) != _AUDIT_TOKEN_BYTES:
        raise ValueError("unknown form of credentials")
    # audit_token_t: auid, euid, egid, ruid, rgid, pid, asid, pid version.
    _, euid, _, _, _, pid, _, _ = struct.unpack("=8I", token)
    if euid != uid:
        raise PeerRefused("The peer changed its user.")
    birth = _birth_darwin(pid)
    if not birth:
        raise PeerRefused("The peer is gone.")
    return Peer(uid, pid, birth, "audit token", _program_darwin(pid), token)


def _birth_darwin(pid: int) -> str:
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.create_time():.6f}"  # from the kernel's p_starttime, in microseconds
    except psutil.Error:
        return ""


def _program_darwin(pid: int) -> str:
    import psutil

    try:
        status = Path(psutil.Process(pid).exe()).stat()
    except (psutil.Error, OSError):
        return ""
    return f"{status.st_dev}:{status.st_ino}"
