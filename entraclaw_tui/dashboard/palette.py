"""The command palette: the action table by name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from textual import on
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input

from entraclaw_tui.dashboard.action import Action
from entraclaw_tui.dashboard.actions import everywhere, own
from entraclaw_tui.dashboard.board import Board

_POINTLESS = frozenset({"pane", "palette", "back"})
"""Actions that mean nothing in a list of commands."""


class ActionProvider(Provider):
    """Offers what the pane in focus and the panel can do now."""

    async def discover(self) -> Hits:
        """List everything."""
        for action in offered(self._panel):
            name, help = self._words(action)
            yield DiscoveryHit(Content(name), self._run(action), help=help, text=name)

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for action in offered(self._panel):
            score = matcher.match(f"{action.label} {action.help}")
            if score > 0:
                name, help = self._words(action)
                yield Hit(score, Content(name), self._run(action), help=help, text=name)

    def _words(self, action: Action) -> tuple[str, str]:
        now = self._panel.desk.keys.of(action)
        return f"{now.label}  ({now.shown})", now.help

    @property
    def _panel(self) -> Board:
        assert isinstance(self.app, Board)  # noqa: S101 - only the panel registers this provider
        return self.app

    def _run(self, action: Action) -> Callable[[], Awaitable[None]]:
        panel = self._panel

        async def run() -> None:
            where = panel if action.where == "app" else panel.home.pane
            await panel.run_action(action.run, where)

        return run


class Palette(CommandPalette):
    """A palette whose list is always that of the whole text when Enter is pressed."""

    # The sign before the text is an emoji, which some terminals draw over the text.
    DEFAULT_CSS = """
    Palette SearchIcon { display: none; }
    """

    @on(Input.Submitted)
    async def await_the_list(self) -> None:
        """Wait until the list fits the text; the base class then takes the row.

        Without that a quick `:messages` and Enter ran what stood first in the list before.
        """
        looking = [worker for worker in self.workers if worker.node is self]
        await asyncio.gather(*(worker.wait() for worker in looking), return_exceptions=True)


def offered(panel: Board) -> Iterator[Action]:
    """Yield what the pane in focus and the panel can do now."""
    pane = panel.home.pane
    for action in (*own(pane.NAME), *everywhere(pane.NAME)):
        if action.id not in _POINTLESS and not pane.refusal(action):
            yield action
