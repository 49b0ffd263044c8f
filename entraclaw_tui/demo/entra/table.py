"""A table in a JSON file that several processes may change."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")


class Table(Generic[R]):
    """Rows of one kind. Readers see a whole version; writers take turns."""

    def __init__(self, path: Path, row: type[R]) -> None:
        self._path = path
        self._rows: msgspec.json.Decoder[list[R]] = msgspec.json.Decoder(list[row])  # type: ignore[valid-type]

    def read(self) -> list[R]:
        """Return the rows as they are now."""
        try:
            return self._rows.decode(self._path.read_bytes())
        except FileNotFoundError:
            return []

    @contextlib.contextmanager
    def change(self) -> Iterator[list[R]]:
        """Give the rows to be changed in place; they are written at the end, all or nothing."""
        lock = os.open(
            self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            rows = self.read()
            yield rows
            fresh = self._path.with_suffix(".new")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
                file.write(msgspec.json.encode(rows))
            fresh.replace(self._path)
        finally:
            os.close(lock)
