"""sw_vers: which macOS this is."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import releases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Print one fact or all three."""
    version = mac.fact("macos")
    facts = {
        "ProductName": "macOS",
        "ProductVersion": version,
        "BuildVersion": releases.build(version),
    }
    if not arguments:
        sys.stdout.write("".join(f"{name}:\t\t{value}\n" for name, value in facts.items()))
        return 0
    wanted = {name.lower(): value for name, value in facts.items()}
    value = wanted.get(arguments[0].lstrip("-").lower())
    if value is None:
        sys.stderr.write("Usage: sw_vers [--help|--productName|--productVersion|--buildVersion]\n")
        return 1
    sys.stdout.write(value + "\n")
    return 0
