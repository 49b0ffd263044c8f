"""What every pane and bar gets: where we are, what is known, who can be asked, how signs look."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entraclaw_tui.dashboard import concerns
from entraclaw_tui.dashboard.action import Situation
from entraclaw_tui.dashboard.feeds import Feeds
from entraclaw_tui.dashboard.keymap import Keymap
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.dashboard.symbols import Symbols
from entraclaw_tui.macos.host import Host


class Desk(msgspec.Struct, frozen=True):
    """Everything the screen works with."""

    host: Host
    feeds: Feeds
    clock: Callable[[], float]
    symbols: Symbols
    banner: str | Callable[[], str] = ""
    """What stays true, for the message line."""
    readonly: bool = False
    keys: Keymap = msgspec.field(default_factory=Keymap)
    compact: bool = False
    """Whether rows are wanted more than titles."""

    @property
    def store(self) -> Store:
        """The latest of every source."""
        return self.feeds.store

    @property
    def link(self) -> WorkerLink:
        """The worker."""
        return self.feeds.link

    @property
    def badge(self) -> str:
        """What must not be forgotten: that this is no real Mac, or not now."""
        if self.feeds.REPLAYED:
            return "REPLAY"
        return "PRETEND MAC" if self.host.pretend else ""

    def situation(self) -> Situation:
        """Return what holds now for keys that work anywhere."""
        view = self.link.view
        found = not view.connected and concerns.counted(concerns.known(self.store))
        return Situation(
            readonly=self.readonly,
            connected=view.connected,
            absence=f"{view.reason} Pane 2 says what mends it." if found else view.reason,
            unlocked=view.unlocked,
        )
