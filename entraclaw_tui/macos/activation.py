"""The listening sockets that launchd made for its job, fetched by their name in the plist."""

from __future__ import annotations

import ctypes
import errno
import os
import socket

_MEANINGS = {
    errno.ENOENT: "the job's plist has no socket of this name",
    errno.ESRCH: "this process was not started by launchd",
    errno.EALREADY: "this socket was fetched before",
}


def activate(name: str) -> list[socket.socket]:
    """Return the listening sockets called `name` in the job's `Sockets`.

    Source: launch_activate_socket(3), macOS 10.10 and later. The caller owns the descriptors.
    Raises OSError with what launchd said; ENOSYS where there is no launchd.
    """
    library = ctypes.CDLL(None, use_errno=True)
    try:
        function = library.launch_activate_socket
    except AttributeError:
        raise OSError(errno.ENOSYS, "there is no launchd on this machine") from None
    function.argtypes = [
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.POINTER(ctypes.c_int)),
        ctypes.POINTER(ctypes.c_size_t),
    ]
    function.restype = ctypes.c_int
    descriptors = ctypes.POINTER(ctypes.c_int)()
    count = ctypes.c_size_t()
    problem = function(name.encode(), ctypes.byref(descriptors), ctypes.byref(count))
    if problem:
        raise OSError(problem, _MEANINGS.get(problem, os.strerror(problem)))
    try:
        return [socket.socket(fileno=descriptors[i]) for i in range(count.value)]
    finally:
        library.free.argtypes = [ctypes.c_void_p]
        library.free(descriptors)
