"""osascript: notes the script; nobody answers its dialogs, so they give up."""

from __future__ import annotations

import sys
from itertools import pairwise

from entraclaw_tui.demo.mac.lean import DIALOGS
from entraclaw_tui.demo.mac.tools.notes import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Note the script of -e options, a file or standard input."""
    lines = [text for option, text in pairwise(arguments) if option == "-e"]
    script = "\n".join(lines) if lines else sys.stdin.read()
    note(mac.at(DIALOGS), {"program": "osascript", "script": script, "arguments": arguments})
    if "display dialog" in script or "display alert" in script:
        sys.stdout.write("button returned:, gave up:true\n")
    return 0
