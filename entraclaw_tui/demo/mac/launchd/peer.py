"""Who is at the other end of a Unix socket."""

from __future__ import annotations

import socket
import struct
import sys

# <sys/un.h>, XNU.
_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_LOCAL_PEERPID = 2


def peer(connection: socket.socket) -> tuple[int, int]:
    """Return the pid and the uid of the process that connected. Raises OSError."""
    return _darwin(connection) if sys.platform == "darwin" else _linux(connection)


def _darwin(connection: socket.socket) -> tuple[int, int]:
    pid = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
    # struct xucred begins with its version and the uid.
    raw = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, 76)
    return pid, struct.unpack_from("II", raw)[1]


def _linux(connection: socket.socket) -> tuple[int, int]:
    option = getattr(socket, "SO_PEERCRED", 17)
    raw = connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", raw)
    return pid, uid
