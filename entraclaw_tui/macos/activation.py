"""The listening sockets that launchd holds for a job."""

from __future__ import annotations

import ctypes
import errno
import os
import socket

from entraclaw_tui.macos.host import HostError

_WHY = {
    errno.ENOENT: "the job's definition has no socket of this name",
    errno.ESRCH: "this process was not started by launchd",
    errno.EALREADY: "it was fetched already",
}


class ActivationError(HostError):
    """launchd gave no socket. The message is for a person."""


def activate(name: str) -> list[socket.socket]:
    """Return the sockets that the job's definition calls `name`, once a process.

    launch_activate_socket(3) answers with descriptors that already listen. Raises
    ActivationError.
    """
    library = ctypes.CDLL(None, use_errno=True)
    try:
        fetch = library.launch_activate_socket
    except AttributeError:
        raise ActivationError("Only launchd hands out sockets, and this is no Mac.") from None
    fetch.argtypes = (
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.POINTER(ctypes.c_int)),
        ctypes.POINTER(ctypes.c_size_t),
    )
    fetch.restype = ctypes.c_int
    release = library.free
    release.argtypes = (ctypes.c_void_p,)
    release.restype = None
    descriptors = ctypes.POINTER(ctypes.c_int)()
    count = ctypes.c_size_t()
    status = fetch(name.encode("utf-8"), ctypes.byref(descriptors), ctypes.byref(count))
    if status != 0:
        why = _WHY.get(status, os.strerror(status))
        raise ActivationError(f"launchd gave no socket {name}: {why}.")
    try:
        return [socket.socket(fileno=descriptors[at]) for at in range(count.value)]
    finally:
        release(descriptors)
