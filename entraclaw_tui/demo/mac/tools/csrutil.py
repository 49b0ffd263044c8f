"""csrutil: System Integrity Protection, which only Recovery changes."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.lean import SIP_OFF, exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_USAGE = """\
usage: csrutil <command>
Modify the System Integrity Protection configuration. All configuration changes apply to the entire machine.
Available commands:

    clear
        Clear the existing configuration. Only available in Recovery OS.
    disable
        Disable the protection on the machine. Only available in Recovery OS.
    enable
        Enable the protection on the machine. Only available in Recovery OS.
    status
        Display the current configuration.
"""  # noqa: E501
_RECOVERY = "csrutil: This tool needs to be executed from Recovery OS.\n"


def main(mac: Folder, arguments: list[str]) -> int:
    """Tell the status; everything else is refused outside of Recovery."""
    if arguments == ["status"]:
        word = "disabled" if exists(mac.at(SIP_OFF)) else "enabled"
        sys.stdout.write(f"System Integrity Protection status: {word}.\n")
        return 0
    if arguments[:1] in (["enable"], ["disable"], ["clear"]):
        sys.stderr.write(_RECOVERY)
        return 1
    sys.stdout.write(_USAGE)
    return 0 if arguments[:1] == ["help"] else 64
