"""A file of JSON lines that several processes add to."""

from __future__ import annotations

import json
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def note(path: Path, fields: dict[str, object]) -> None:
    """Add one line, with the time, by a single write."""
    line = json.dumps({"at": time.time(), **fields}) + "\n"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
