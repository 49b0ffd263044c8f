"""osascript: notes the script and its arguments; a test or nobody presses a dialog's button.

The answers are those of the real one (osascript(1), AppleScript Language Guide): the record that
`display dialog` returns, or an error for the cancel button.
"""

from __future__ import annotations

import sys
from itertools import pairwise

from entraclaw_tui.demo.mac.lean import DIALOG_BUTTON, DIALOGS, exists, read
from entraclaw_tui.demo.mac.tools.notes import note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Note the script of -e options or standard input; answer its dialog."""
    lines = [text for option, text in pairwise(arguments) if option == "-e"]
    script = "\n".join(lines) if lines else sys.stdin.read()
    note(mac.at(DIALOGS), {"program": "osascript", "script": script, "arguments": arguments})
    if "display dialog" in script or "display alert" in script:
        button = _pressed(mac)
        if button and f'cancel button "{button}"' in script:
            sys.stderr.write("0:0: execution error: User canceled. (-128)\n")
            return 1
        gave_up = "false" if button else "true"
        sys.stdout.write(f"button returned:{button}, gave up:{gave_up}\n")
    return 0


def _pressed(mac: Folder) -> str:
    """Return the button that is pressed, or an empty text where nobody is there."""
    path = mac.at(DIALOG_BUTTON)
    return read(path).decode() if exists(path) else ""
