"""The panel on a recording: it looks, pauses and steps, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from entraclaw_tui.dashboard.actions import bindings
from entraclaw_tui.dashboard.app import Panel
from entraclaw_tui.dashboard.replay.entries import Header
from entraclaw_tui.dashboard.replay.feeds import ReplayFeeds
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places


class ReplayPanel(Panel):
    """The dashboard, always --readonly, with the recorded clock in its banner."""

    CSS_PATH = "../styles/panel.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("replay")]

    def __init__(
        self, feeds: ReplayFeeds, home: Path, *, theme: str = "", symbols: Symbols | None = None
    ) -> None:
        host = host_of(feeds.player.recorded.header, home)
        super().__init__(
            host,
            Places.of(host),
            banner=feeds.banner,
            readonly=True,
            theme=theme,
            clock=feeds.player.clock,
            feeds=feeds,
            symbols=symbols,
        )
        self._player = feeds.player

    def on_mount(self) -> None:
        """Show the recorded time as it passes."""
        self.set_interval(1.0, self._tell)

    def _tell(self) -> None:
        self.home.note.repaint()

    def action_replay_pause(self) -> None:
        """Stand still, or go on."""
        self._player.pause()
        self.home.bars()

    def action_replay_step(self) -> None:
        """Go to what happened next."""
        self._player.step()
        self.home.bars()

    def action_refresh_all(self) -> None:
        """Say that there is nothing to ask."""
        self.say("This is a replay: there is nothing to ask.")


def host_of(header: Header, home: Path) -> Host:
    """Return the Mac as the recording names it.

    Its paths are those of this machine: no tool may be run from a folder, and nothing saved in one,
    that a file from somebody else names.
    """
    return Host(Path("/"), header.user, header.uid, home, header.host)
