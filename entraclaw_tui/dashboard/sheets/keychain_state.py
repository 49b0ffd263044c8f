"""The keychain itself: open or locked, until when, what is searched, and how to unlock it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard import keychain_lock, keychain_open
from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.closer import LOCK
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Tone, piece
from entraclaw_tui.dashboard.sheets.row_sheet import RowSheet
from entraclaw_tui.macos.keychain_state import UNLOCK


class KeychainStateSheet(RowSheet):
    """Never sees the password: `u` lends the terminal to `security`, `c` copies the command."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("keychain_state", "details")]

    def __init__(
        self,
        desk: Desk,
        pane: str,
        unlock: Callable[[], None],
        copy: Callable[[str], None],
    ) -> None:
        super().__init__(desk, pane, piece("its state"), self._told)
        self._unlock = unlock
        self._copy = copy

    def keys(self) -> Line:
        """Return what can be done now."""
        if self.asking:
            return ()
        keys: list[str] = []
        if self._unknown:
            keys.append("w ask macOS")
        if self._locked and not self.desk.readonly:
            keys.append("u unlock it")
        if self._locked:
            keys.append("c copy")
        return (piece("  ".join(keys), Tone.DIM),) if keys else ()

    @property
    def _locked(self) -> bool:
        return keychain_open.is_locked(self.desk) is True

    @property
    def _unknown(self) -> bool:
        state = keychain_open.state_of(self.desk)
        return state is None or state.locked is None

    def action_ask(self) -> None:
        """Ask whether it is open, even where a dialog may come of it."""
        feeds = self.desk.feeds
        self.ask(feeds.study.once(LOCK, feeds.closer.lock))

    def action_unlock(self) -> None:
        """Run the command in the terminal; the password goes to it alone."""
        if self._locked and not self.desk.readonly:
            self._unlock()
            self.repaint()

    def action_copy(self) -> None:
        """Put the command on the clipboard."""
        if self._locked:
            self._copy(UNLOCK)
            self.action_close()

    def _told(self) -> list[Line]:
        if self.asking:
            ellipsis = self.desk.symbols.ellipsis
            return [(piece(f"Asking; look at the Mac's screen{ellipsis}", Tone.DIM),)]
        return keychain_lock.lines(self.desk, self.desk.clock())
