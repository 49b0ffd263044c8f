"""A file of JSON lines that several processes add to."""

from __future__ import annotations

import json
import time

from entraclaw_tui.demo.mac.lean import append


def note(path: str, fields: dict[str, object]) -> None:
    """Add one line, with the time."""
    append(path, (json.dumps({"at": time.time(), **fields}) + "\n").encode())
