"""pmset: sends the pretend Mac to sleep, for as long as it takes to lock what locks then."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac import keychain_list
from entraclaw_tui.demo.mac.keychain import PretendKeychain
from entraclaw_tui.demo.mac.keychain_clock import ON_SLEEP
from entraclaw_tui.demo.mac.osstatus import KeychainStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Sleep now; nothing else is played here."""
    if arguments != ["sleepnow"]:
        sys.stderr.write("pmset: only `sleepnow` is played here\n")
        return 64
    for keychain in map(PretendKeychain, keychain_list.searched(mac)):
        try:
            if keychain.exists and ON_SLEEP in keychain.policy.split():
                keychain.lock()
        except KeychainStatus:
            continue  # no keychain at all: nothing of it can be locked
    sys.stdout.write("Sleeping now...\n")
    return 0
