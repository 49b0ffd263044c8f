"""The few things that are done to the agent's files."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


def remove(path: str) -> None:
    """Delete one file; nothing happens where there is none. Raises OSError."""
    Path(path).unlink(missing_ok=True)


def replace(path: Path, data: bytes, mode: int) -> None:
    """Write a new file beside the old one and rename it, so a reader never sees half of it.

    Raises OSError; the old file is then still there.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def is_folder(path: str) -> bool:
    """Return whether this is a folder itself and no link to one. Raises OSError."""
    return stat.S_ISDIR(Path(path).lstat().st_mode)
