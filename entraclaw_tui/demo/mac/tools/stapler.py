"""stapler validate: whether a notarization ticket is stapled to a bundle."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.lean import exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_NO_TICKET = 65
_MISSING = 66


def main(mac: Folder, arguments: list[str]) -> int:
    """Validate each path; a plain program can carry no ticket."""
    paths = [one for one in arguments[1:] if not one.startswith("-")]
    if arguments[:1] != ["validate"] or not paths:
        sys.stderr.write("Usage: stapler staple [-q] [-v] path\n")
        sys.stderr.write("       stapler validate [-q] [-v] path\n")
        return 64
    return max(_validate(mac, path) for path in paths)


def _validate(mac: Folder, path: str) -> int:
    sys.stdout.write(f"Processing: {path}\n")
    name = path.rstrip("/").rpartition("/")[2]
    if not exists(path):
        sys.stdout.write(f"{name} could not be found.\n")
        return _MISSING
    signature = signatures.find(mac, path)
    if signature is None or signature.adhoc or not name.endswith(".app"):
        sys.stdout.write(f"{name} does not have a ticket stapled to it.\n")
        return _NO_TICKET
    sys.stdout.write("The validate action worked!\n")
    return 0
