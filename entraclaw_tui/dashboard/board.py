"""What every part of the panel may use of it: the screen of panes, the desk, the message line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.feeds import Feeds
from entraclaw_tui.dashboard.home import Home
from entraclaw_tui.dashboard.lines import Tone

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.jump import Jump


class Board(App[None], inherit_bindings=False):
    """Base of the panel."""

    feeds: Feeds
    desk: Desk
    jump: Jump | None = None
    """Takes the next key, where the letters stand before the rows."""

    @property
    def home(self) -> Home:
        """The screen with the panes."""
        screen = self.screen_stack[0]
        assert isinstance(screen, Home)  # noqa: S101 - the default screen, never replaced
        return screen

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Put a sentence on the message line."""
        self.home.note.say(text, tone)

    def to_terminal(self, sequence: str) -> None:
        """Write a control sequence of our own to the terminal, past the screen."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()
