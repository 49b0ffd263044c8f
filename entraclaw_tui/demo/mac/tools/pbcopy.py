"""pbcopy: keeps standard input for pbpaste."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.lean import PASTEBOARD, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Take everything, then put it in place at once."""
    write(mac.at(PASTEBOARD), sys.stdin.buffer.read())
    return 0
