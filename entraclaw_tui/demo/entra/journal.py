"""The journal: a line for every request, with nothing secret in it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

LIMIT = 2 * 1024 * 1024
"""Bytes after which the journal begins anew, the old one kept once."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request and its answer. No assertion, code or token is ever part of it."""

    at: float
    method: str
    path: str
    status: int
    milliseconds: float
    grant_type: str = ""
    client_id: str = ""
    scope: str = ""
    error: str = ""
    number: int = 0
    correlation_id: str = ""


class Journal:
    """The journal in a folder."""

    def __init__(self, where: Path) -> None:
        self._path = where / "journal.jsonl"

    def write(self, entry: Entry) -> None:
        """Add a line."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(entry) + b"\n")  # one write: lines stay whole
            full = os.fstat(descriptor).st_size > LIMIT
        finally:
            os.close(descriptor)
        if full:
            self._path.replace(self._path.with_suffix(".old.jsonl"))

    def entries(self) -> list[Entry]:
        """Return the lines, oldest first."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        return [msgspec.json.decode(line, type=Entry) for line in lines]
