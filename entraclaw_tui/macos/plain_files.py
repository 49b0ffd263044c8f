"""Reading files that anybody of this account may have put there: what is no plain file never waits.

Opening a FIFO waits for a writer (open(2)), for ever where none comes; a device may do anything.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MOST = 16 * 1024 * 1024
"""Bytes that are read of a settings file; ours are a few thousand long."""
LINE = 1024 * 1024
"""Bytes that one line of a file of lines may have."""
_HOLE = 64 * 1024 * 1024
"""Bytes without a line break after which no further line is looked for."""


def open_plain(path: Path, *, buffering: int = -1, flags: int = 0) -> BinaryIO:
    """Open a file to read it. Raises OSError, also where it is no plain file.

    `flags` are more of open(2), such as `os.O_NOFOLLOW`.
    """
    always = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(path, always | flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file", os.fspath(path))
        return os.fdopen(descriptor, "rb", buffering=buffering)
    except BaseException:
        os.close(descriptor)
        raise


def read_plain(path: Path, most: int = MOST) -> bytes:
    """Return a whole file. Raises OSError, also for no plain file or one over `most` bytes."""
    with open_plain(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most:,} bytes", os.fspath(path))
    return data


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file's lines, however long it is; of one over LINE bytes only so many, unended.

    Raises OSError where no line ends for long: a hole in a file has any size and takes no room.
    """
    while line := file.readline(LINE):
        yield line
        skipped = len(line)
        while len(line) == LINE and not line.endswith(b"\n"):
            line = file.readline(LINE)
            skipped += len(line)
            if skipped > _HOLE:
                raise OSError(errno.EFBIG, f"a line of it has more than {_HOLE >> 20} MiB")


def lines_back(file: BinaryIO, most: int) -> Iterator[bytes]:
    """Yield a file's lines from the last to the first; what follows the last break comes first.

    Of a file over `most` bytes only that much of its end is looked at.
    """
    at = file.seek(0, os.SEEK_END)
    floor = max(0, at - most)
    rest, end = b"", b""
    while at > floor:
        start = max(floor, at - LINE)
        file.seek(start)
        rest, *lines = (file.read(at - start) + rest).split(b"\n")
        at = start
        for line in reversed(lines):
            yield line + end
            end = b"\n"
    if floor == 0:
        yield rest + end
