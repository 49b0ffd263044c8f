"""log: an account that is no administrator may not read the unified log."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Refuse, the way macOS does it."""
    if not arguments or arguments[0] not in ("stream", "show"):
        sys.stderr.write("usage:\n    log <command>\n\ncommands:\n    show\n    stream\n")
        return 64
    sys.stderr.write(f"log: Must be admin to run '{arguments[0]}' command\n")
    return 77
