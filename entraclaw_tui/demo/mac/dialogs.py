"""The keychain's dialogs: on the console's screen, where a pretend Mac has nobody to answer."""

from __future__ import annotations

import time

from entraclaw_tui.demo.mac.lean import DIALOGS, DIALOGS_OPEN, exists
from entraclaw_tui.demo.mac.osstatus import AUTH_FAILED, INTERACTION_NOT_ALLOWED

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool uses this module
    from entraclaw_tui.demo.mac.keychain_item import Item
    from entraclaw_tui.demo.mac.lean import Folder

PATIENCE = 120.0
"""Seconds after which a dialog that nobody sees counts as canceled."""


def at_desktop(mac: Folder) -> bool:
    """Return whether programs run in the desktop's session, where dialogs can be shown."""
    return exists(mac.at(DIALOGS_OPEN))


def wait_for_answer(mac: Folder, program: str, item: Item, status: int) -> bool:
    """Wait for the answer that never comes; False where no dialog is shown for this status."""
    if status not in (AUTH_FAILED, INTERACTION_NOT_ALLOWED) or not at_desktop(mac):
        return False
    show(mac, program, f"wants to use {item.label.decode('utf-8', 'backslashreplace')}")
    return True


def show(mac: Folder, program: str, words: str) -> None:
    """Note what the dialog says, and stand until it counts as canceled."""
    from entraclaw_tui.demo.mac.tools.notes import note

    note(mac.at(DIALOGS), {"program": program.rpartition("/")[2], "script": words})
    time.sleep(PATIENCE)
