"""The one hidden value that a person may have on the screen: asked for, shown, hidden again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entraclaw_tui.macos.hidden import Hidden


class OneValue:
    """Which row's value was asked for, and which is shown. Never more than one."""

    def __init__(self) -> None:
        self.asked = ""
        """The row that was pressed once."""
        self.shown: tuple[str, Hidden] | None = None

    def __bool__(self) -> bool:
        return bool(self.asked or self.shown)

    def press(self, row: str) -> bool:
        """Take a press on a row; return whether its value is to be read now.

        The first press asks back, the second reads, the third hides.
        """
        if self.asked == row:
            return True
        was_shown = self.shown is not None and self.shown[0] == row
        self.forget()
        self.asked = "" if was_shown else row
        return False

    def show(self, row: str, value: Hidden) -> None:
        """Show a value in place of any other."""
        self.asked, self.shown = "", (row, value)

    def forget(self) -> None:
        """Hide it."""
        self.asked, self.shown = "", None
