"""Lines that several processes write into one file, each of them whole."""

from __future__ import annotations

import os
from pathlib import Path


def jot(path: Path, *words: str) -> None:
    """Add one line; it is in the file when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{' '.join(words)}\n".encode())
    finally:
        os.close(descriptor)


def jotted(path: Path) -> list[list[str]]:
    """Return the lines as words."""
    try:
        return [line.split() for line in path.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return []
