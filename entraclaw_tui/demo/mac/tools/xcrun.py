"""xcrun: finds a developer tool and runs it; of those only `stapler` is played here."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_MISSING = 72


def main(mac: Folder, arguments: list[str]) -> int:
    """Run the tool that is named."""
    if arguments[:1] == ["stapler"]:
        from entraclaw_tui.demo.mac.tools import stapler

        return stapler.main(mac, arguments[1:])
    name = arguments[0] if arguments else ""
    sys.stderr.write(
        f'xcrun: error: unable to find utility "{name}", not a developer tool or in PATH\n'
    )
    return _MISSING
