"""pbpaste: prints what pbcopy took last."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.layout import Layout


def main(layout: Layout, arguments: list[str]) -> int:
    """Print the bytes as they came; nothing where nothing was copied."""
    if layout.pasteboard.exists():
        sys.stdout.buffer.write(layout.pasteboard.read_bytes())
        sys.stdout.buffer.flush()
    return 0
