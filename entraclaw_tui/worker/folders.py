"""The worker's own folders: made where they are missing, refused where others can get in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from entraclaw_tui.macos.places import SOCKET_PATH_LIMIT, Places


class UnsafeFolder(Exception):
    """A folder may not be used. The message is for a person."""


def prepare(places: Places) -> None:
    """Make the folders, 0700, and check them. Raises UnsafeFolder."""
    home = places.config_dir.parent.parent
    for parent in (home, places.config_dir.parent):
        if parent.exists():
            _check_parent(parent)
    places.config_dir.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in places.folders():
        folder.mkdir(mode=0o700, exist_ok=True)
        _check_own(folder)


def check_socket_path(path: Path) -> None:
    """Raise UnsafeFolder for a path that no Unix socket can have."""
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_LIMIT:
        raise UnsafeFolder(
            f"{path} has {length} bytes, and a socket's path has at most {SOCKET_PATH_LIMIT}."
        )


def _check_own(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise UnsafeFolder(f"{folder} is no folder of its own: {error.strerror}.") from None
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            raise UnsafeFolder(f"{folder} belongs to another user.")
        if stat.S_IMODE(status.st_mode) & 0o077:
            os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)


def _check_parent(folder: Path) -> None:
    status = folder.stat()
    if status.st_uid not in (os.geteuid(), 0):
        raise UnsafeFolder(f"{folder} belongs to another user.")
    if status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
        raise UnsafeFolder(f"{folder} can be written by others; take that right away first.")
