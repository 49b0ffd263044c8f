"""The worker's log: one JSON object a line, rotated here, never with a secret in it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from entraclaw_tui.text import clean

SIZE: Final = 5 * 1024 * 1024
FILES: Final = 5
_encode = msgspec.json.Encoder().encode


class WorkerLog:
    """Writes and forgets: a full disk or a missing folder never stops the worker."""

    def __init__(
        self,
        path: Path,
        *,
        size: int = SIZE,
        files: int = FILES,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._size = size
        self._files = files
        self._wall = wall
        self._descriptor = -1
        self._written = 0

    def info(self, message: str, *, origin: str = "worker", **fields: str) -> None:
        """Write what happened."""
        self.write("info", message, fields, origin)

    def warning(self, message: str, *, origin: str = "worker", **fields: str) -> None:
        """Write what somebody should look at."""
        self.write("warning", message, fields, origin)

    def error(self, message: str, *, origin: str = "worker", **fields: str) -> None:
        """Write what went wrong."""
        self.write("error", message, fields, origin)

    def write(
        self, level: str, message: str, fields: dict[str, str], origin: str = "worker"
    ) -> None:
        """Write one line. Everything is cleaned; a field cannot take the place of a fixed one."""
        line: dict[str, str | float] = {clean(k, 64): clean(v) for k, v in fields.items() if v}
        line |= {"level": level, "origin": origin, "message": clean(message)}
        data = _encode({"at": round(self._wall(), 3)} | line) + b"\n"
        with contextlib.suppress(OSError):
            self._open_for(len(data))
            os.write(self._descriptor, data)
            self._written += len(data)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open_for(self, more: int) -> None:
        if self._descriptor >= 0 and self._written + more > self._size:
            self.close()
            self._rotate()
        if self._descriptor < 0:
            self._descriptor = _append(self._path)
            self._written = os.fstat(self._descriptor).st_size
            if self._written + more > self._size and self._written:
                self.close()
                self._rotate()
                self._descriptor = _append(self._path)
                self._written = 0

    def _rotate(self) -> None:
        for number in range(self._files - 1, 0, -1):
            older = self._path if number == 1 else _numbered(self._path, number - 1)
            with contextlib.suppress(FileNotFoundError):
                older.rename(_numbered(self._path, number))


def place_of(error: Exception) -> str:
    """Return where an error arose. Its message is not told: it could quote what a client sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _append(path: Path) -> int:
    """Open for appending, never through a link, never a file with a second name."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    if os.fstat(descriptor).st_nlink != 1:
        os.close(descriptor)
        path.unlink()
        descriptor = os.open(path, flags | os.O_EXCL, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor
