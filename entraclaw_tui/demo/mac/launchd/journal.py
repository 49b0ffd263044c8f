"""Writes launchd's own log, line by line in launchd's form."""

from __future__ import annotations

import os
import time
from pathlib import Path

LIMIT = 4 * 1024 * 1024
"""Bytes after which the log starts anew and the old one is kept as `.1`."""


class Journal:
    """The file `launchd.log` of a pretend Mac."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open()
        self._size = os.fstat(self._file).st_size

    def note(self, who: str, message: str, level: str = "Notice") -> None:
        """Write one line about `who`: a domain, or a service with its pid."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
        line = f"{stamp}.{int(now % 1 * 1e6):06d} ({who}) <{level}>: {message}\n"
        data = line.encode("utf-8", "backslashreplace")
        if self._size + len(data) > LIMIT:
            os.close(self._file)
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._open()
            self._size = 0
        self._size += os.write(self._file, data)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _open(self) -> int:
        # 0644, as facts of the real one say: every account may read it.
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
