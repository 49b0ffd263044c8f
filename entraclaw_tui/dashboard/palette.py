"""The command palette: the action table by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from entraclaw_tui.dashboard.action import Action

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.app import Panel


class ActionProvider(Provider):
    """Offers what the pane in focus and the panel can do now."""

    @property
    def _panel(self) -> Panel:
        from entraclaw_tui.dashboard.app import Panel

        assert isinstance(self.app, Panel)  # noqa: S101 - only the panel registers this provider
        return self.app

    async def discover(self) -> Hits:
        """List everything."""
        for action in self._offered():
            yield DiscoveryHit(
                Content(_name(action)), self._run(action), help=action.help, text=_name(action)
            )

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for action in self._offered():
            score = matcher.match(f"{action.label} {action.help}")
            if score > 0:
                yield Hit(
                    score,
                    Content(_name(action)),
                    self._run(action),
                    help=action.help,
                    text=_name(action),
                )

    def _offered(self) -> Iterator[Action]:
        return self._panel.offered()

    def _run(self, action: Action):  # type: ignore[no-untyped-def]
        return lambda: self._panel.do(action)


def _name(action: Action) -> str:
    return f"{action.label}  ({action.shown})"
