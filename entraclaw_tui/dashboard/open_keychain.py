"""Opens the keychain's own sheet, and lends the terminal to the command that unlocks it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from entraclaw_tui.dashboard.lines import Tone
from entraclaw_tui.dashboard.open_sheets import copy
from entraclaw_tui.dashboard.sheets.keychain_state import KeychainStateSheet
from entraclaw_tui.macos import osstatus
from entraclaw_tui.macos.host import ToolError
from entraclaw_tui.macos.keychain import SECURITY
from entraclaw_tui.macos.lent_terminal import run_here
from entraclaw_tui.macos.places import Places

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.board import Board

_WRONG = 51
"""errSecAuthFailed, as `security` exits with it."""
_WORDS = "The password goes to `security` alone. Ctrl+c goes back to the panel."


def open_state(panel: Board, pane: str) -> None:
    """Show whether the keychain is open, and how it is unlocked."""
    sheet = KeychainStateSheet(
        panel.desk, pane, lambda: unlock(panel), lambda text: copy(panel, text)
    )
    panel.push_screen(sheet)


def unlock(panel: Board) -> None:
    """Lend the terminal to `security unlock-keychain`, then look again."""
    host = panel.desk.host
    path = str(Places.of(host).login_keychain)
    try:
        with panel.suspend():
            sys.stdout.write(f"{_WORDS}\n")
            sys.stdout.flush()
            status = run_here(host, SECURITY, "unlock-keychain", path)
    except SuspendNotSupported:
        panel.say("This terminal cannot be lent. Copy the command with c.", Tone.LOOK)
        return
    except ToolError as error:
        panel.say(str(error), Tone.BAD)
        return
    if status == 0:
        panel.say("The keychain is open for this session.", Tone.GOOD)
    elif status == _WRONG:
        panel.say("That password does not open it.", Tone.BAD)
    else:
        panel.say(f"It is locked still: {osstatus.explain(status & 0xFF).words}", Tone.BAD)
    panel.feeds.refresh()
