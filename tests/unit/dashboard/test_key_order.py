"""No key waits for ever for the one before it."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widget import Widget

from entraclaw_tui.dashboard import key_order
from entraclaw_tui.dashboard.key_order import KeyOrder, Passed


class Hangs(Widget, can_focus=True):
    """Takes the key `h` and does not come back from it until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def key_h(self) -> None:
        await self.let_go.wait()


class Small(App[None]):
    """As much of a panel as keys need."""

    def __init__(self) -> None:
        super().__init__()
        self.in_order = KeyOrder(self, self._take)
        self.taken: list[str] = []

    def compose(self) -> ComposeResult:
        yield Hangs()

    @property
    def key_target(self) -> Widget | None:
        return self.focused or self.screen if self.screen_stack else None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.in_order.add(event)
            return
        await super().on_event(event)
        if isinstance(event, events.Key):
            await self.in_order.came_back(event)

    async def on_passed(self, message: Passed) -> None:
        message.stop()
        await self.in_order.passed(message.turn)

    async def _take(self, event: events.Event) -> None:
        assert isinstance(event, events.Key)
        self.taken.append(event.key)
        await super().on_event(event)


async def test_a_widget_that_hangs_holds_the_next_key_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_order, "LOST", 0.3)
    app = Small()
    async with app.run_test() as pilot:
        hangs = app.query_one(Hangs)
        hangs.focus()
        await pilot.pause()
        for key in "hx":
            app.post_message(events.Key(key, key))
        await pilot.pause()
        assert app.taken == ["h"]
        async with asyncio.timeout(10):
            while app.taken != ["h", "x"]:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)
        hangs.let_go.set()
        await pilot.pause()
