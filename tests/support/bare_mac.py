"""A folder that counts as a Mac and has nothing else in it yet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from entraclaw_tui.macos.host import MARKER, Host, Marker


@contextmanager
def bare_mac() -> Iterator[Host]:
    """Make one at a short path, as sockets need it, and take it away again."""
    root = Path(tempfile.mkdtemp(prefix="ec-", dir="/tmp"))
    try:
        marker = Marker(1, "demo", 501, "/Users/demo", "studio", "26.5")
        (root / MARKER).write_bytes(msgspec.json.encode(marker))
        yield Host.open(root)
    finally:
        shutil.rmtree(root)
