"""The listening sockets where launchd hands none over: bound here, never over a live one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.worker.folders import UnsafeFolder, check_socket_path

BACKLOG = 512
_LINGER = 0.5
"""Seconds to wait for a lock or a listener of a worker that was killed while it was starting a
tool: until that child has become the tool, it holds copies of all descriptors."""
_STEP = 0.02


class AlreadyRunning(Exception):
    """Another worker serves already."""


class Lock:
    """Held as long as this worker lives; the kernel gives it back whatever happens."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        if not _in_time(self._take):
            os.close(self._descriptor)
            raise AlreadyRunning("Another worker is running.")

    def _take(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def bind(path: Path) -> socket.socket:
    """Return a socket that listens at `path`, 0600. Call with the worker's lock held.

    Raises AlreadyRunning where somebody listens there, UnsafeFolder where something else is there.
    """
    check_socket_path(path)
    _make_room(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Bound under another name and renamed: nobody ever sees it with other rights.
    beside = path.with_name(f"{path.name[:4]}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    try:
        check_socket_path(beside)
        listener.bind(os.fspath(beside))
        beside.chmod(0o600)
        listener.listen(BACKLOG)
        beside.rename(path)
    except BaseException:
        listener.close()
        raise
    return listener


def _make_room(path: Path) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not path.is_socket() or path.is_symlink() or status.st_uid != os.geteuid():
        raise UnsafeFolder(f"{path} is there and is no socket of ours; remove it.")
    if not _in_time(lambda: not _listens(path)):
        raise AlreadyRunning(f"Somebody listens at {path} already.")


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False  # the rename takes its place
        except OSError as error:
            raise UnsafeFolder(f"{path} cannot be tried: {error.strerror}.") from None
    return True


def _in_time(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _LINGER
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP)
    return True
