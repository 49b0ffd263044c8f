"""The listening sockets where launchd hands none over: bound here, never over a live one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from pathlib import Path

from entraclaw_tui.worker.folders import UnsafeFolder, check_socket_path

BACKLOG = 512


class AlreadyRunning(Exception):
    """Another worker serves already."""


class Lock:
    """Held as long as this worker lives; the kernel gives it back whatever happens."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise AlreadyRunning("Another worker is running.") from None

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
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return  # nobody listens: the rename takes its place
        except OSError as error:
            raise UnsafeFolder(f"{path} cannot be tried: {error.strerror}.") from None
    raise AlreadyRunning(f"Somebody listens at {path} already.")
