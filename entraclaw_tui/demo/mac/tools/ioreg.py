"""ioreg -n Root -d1 -a: the console's users and whether the screen is locked, as a plist."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import screen
from entraclaw_tui.demo.mac.lean import ASID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
    '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
    '<plist version="1.0">\n<dict>\n'
)


def main(mac: Folder, arguments: list[str]) -> int:
    """Print the root of the registry; the one form that is asked for here."""
    if "-a" not in arguments or "Root" not in arguments:
        sys.stderr.write("ioreg: only `-n Root -d1 -a` is played here\n")
        return 64
    locked = screen.locked(mac)
    session: list[tuple[str, str]] = [
        ("kCGSSessionAuditIDKey", f"<integer>{ASID}</integer>"),
        ("kCGSSessionGroupIDKey", "<integer>20</integer>"),
        ("kCGSSessionIDKey", "<integer>257</integer>"),
        ("kCGSSessionOnConsoleKey", "<true/>"),
        ("kCGSSessionUserIDKey", f"<integer>{mac.fact('uid')}</integer>"),
        ("kCGSSessionUserNameKey", f"<string>{mac.fact('user')}</string>"),
        ("kCGSessionLoginDoneKey", "<true/>"),
        ("kSCSecuritySessionID", f"<integer>{ASID}</integer>"),
    ]
    if locked:
        # The key is there only while the screen is locked.
        session.insert(0, ("CGSSessionScreenIsLocked", "<true/>"))
    rows = "".join(f"\t\t\t<key>{key}</key>\n\t\t\t{value}\n" for key, value in session)
    sys.stdout.write(
        f"{_HEAD}\t<key>IOConsoleLocked</key>\n\t<{'true' if locked else 'false'}/>\n"
        f"\t<key>IOConsoleUsers</key>\n\t<array>\n\t\t<dict>\n{rows}\t\t</dict>\n\t</array>\n"
        "\t<key>IORegistryEntryName</key>\n\t<string>Root</string>\n</dict>\n</plist>\n"
    )
    return 0
