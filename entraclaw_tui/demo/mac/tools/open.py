"""open: notes what should have been opened; nothing appears on a pretend screen."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.lean import OPENED
from entraclaw_tui.demo.mac.tools.notes import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Note the arguments."""
    if not arguments:
        sys.stderr.write("Usage: open [-e] [-t] [-f] [-W] [-R] [-n] [-g] [-h] [-a <application>] ")
        sys.stderr.write("[filenames] [--args arguments]\n")
        return 1
    note(mac.at(OPENED), {"arguments": arguments})
    return 0
