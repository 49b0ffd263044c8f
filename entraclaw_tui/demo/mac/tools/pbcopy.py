"""pbcopy: keeps standard input for pbpaste."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.layout import Layout


def main(layout: Layout, arguments: list[str]) -> int:
    """Take everything, then put it in place at once."""
    data = sys.stdin.buffer.read()
    fresh = layout.pasteboard.with_name(f"pasteboard.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    fresh.replace(layout.pasteboard)
    return 0
