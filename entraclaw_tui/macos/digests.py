"""Digests of a file and of a folder, and a stamp that tells cheaply whether one is still true.

The stamp holds sizes and times. The time of a file's last change (`ctime`, stat(2)) is among them:
whoever sets the time of its contents back cannot set that one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from entraclaw_tui.macos.plain_files import open_plain

MOST_FILES = 5_000
MOST_BYTES = 512 * 1024 * 1024
_SKIPPED = frozenset({"__pycache__", ".DS_Store"})
"""Made by Python and by the Finder, whenever they like."""
_CHUNK = 1024 * 1024


class TooLarge(OSError):
    """There is more than we read."""


class Digest(msgspec.Struct, frozen=True):
    """What is there."""

    sha256: str
    """Of a folder: the digest of the lines `SHA256  PATH`, sorted by path, as `sha256sum` prints
    them."""
    stamp: str
    """Equal as long as nothing was touched; when it differs, the contents may still be equal."""
    files: int
    bytes: int


def digest(path: Path) -> Digest:
    """Read a file or a folder whole. Blocks. Raises OSError; TooLarge past the bounds."""
    found = list(_files(path))
    size = sum(status.st_size for _, _, status in found)
    if size > MOST_BYTES:
        raise TooLarge(f"{path} has more than {MOST_BYTES // 1024**2} MiB")
    if not path.is_dir():
        return Digest(_contents(path), _stamp(found), 1, size)
    lines = (f"{_contents(place)}  {name}\n" for name, place, _ in found)
    whole = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape"))
    return Digest(whole.hexdigest(), _stamp(found), len(found), size)


def stamp(path: Path) -> str:
    """Return the stamp of a file or folder without reading it. Raises OSError."""
    return _stamp(list(_files(path)))


def _files(path: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield each file with its name below the path, in a stable order."""
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode):
        yield path.name, path, status
        return
    names = []
    for folder, inside, files in os.walk(path, onerror=_raise):
        inside[:] = sorted(name for name in inside if name not in _SKIPPED)
        names += [Path(folder, name) for name in files if name not in _SKIPPED]
        if len(names) > MOST_FILES:
            raise TooLarge(f"{path} has more than {MOST_FILES} files")
    for place in sorted(names):
        yield place.relative_to(path).as_posix(), place, place.lstat()


def _contents(path: Path) -> str:
    whole = hashlib.sha256()
    if path.is_symlink():
        whole.update(os.fsencode(path.readlink()))
        return whole.hexdigest()
    with open_plain(path) as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _stamp(found: list[tuple[str, Path, os.stat_result]]) -> str:
    lines = (f"{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {name}\n" for name, _, s in found)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _raise(error: OSError) -> None:
    raise error
