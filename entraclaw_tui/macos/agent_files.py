"""The few things that the driver does to files by itself."""

from __future__ import annotations

import stat
from pathlib import Path


def remove(path: str) -> None:
    """Delete one file; nothing happens where there is none. Raises OSError."""
    Path(path).unlink(missing_ok=True)


def is_folder(path: str) -> bool:
    """Return whether this is a folder itself and no link to one. Raises OSError."""
    return stat.S_ISDIR(Path(path).lstat().st_mode)
