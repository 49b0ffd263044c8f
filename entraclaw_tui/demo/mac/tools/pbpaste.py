"""pbpaste: prints what pbcopy took last."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.lean import PASTEBOARD, exists, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Print the bytes as they came; nothing where nothing was copied."""
    if exists(mac.at(PASTEBOARD)):
        sys.stdout.buffer.write(read(mac.at(PASTEBOARD)))
        sys.stdout.buffer.flush()
    return 0
