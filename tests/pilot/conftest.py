"""A running panel on a stage, and small helpers to read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from textual._context import active_app
from textual.pilot import Pilot

from tests.support.panel import Stage, settle


class Play:
    """A stage with its panel running, and what a test asks of it."""

    def __init__(self, stage: Stage, pilot: Pilot[None]) -> None:
        self.stage = stage
        self.panel = stage.panel
        self.home = stage.panel.home
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys and let what they start happen."""
        await self.pilot.press(*keys)
        await self.settled()

    async def settled(self) -> None:
        """Let what was started happen."""
        await settle(self.pilot, self.stage)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that nothing tells of."""
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and let the ages be told anew."""
        self.stage.clock.at += seconds
        await settle(self.pilot, self.stage)

    def text(self, name: str) -> str:
        """The lines of a pane or bar, as they are painted, without the scroll mark."""
        view = self.home.panes.get(name) or self.home.query_one(f"#{name}")
        painted = ("".join(s.text for s in view.render_line(y)) for y in range(view.size.height))
        return "\n".join(line.rstrip(" \u2590") for line in painted)

    def shows(self, *names: str) -> list[bool]:
        """Whether these parts of the screen are displayed."""
        return [bool(self.home.query_one(f"#{name}").display) for name in names]

    @property
    def note(self) -> str:
        """The message line."""
        return self.text("note")

    @property
    def at_home(self) -> bool:
        """Whether nothing lies over the panes."""
        return len(self.panel.screen_stack) == 1


Raise = Callable[..., Awaitable[Play]]


@pytest.fixture
async def play() -> AsyncIterator[Raise]:
    """Return what starts a panel: `await play(Stage(), size=(120, 40))`."""
    running: list[asyncio.Task[None]] = []
    over = asyncio.Event()

    async def start(stage: Stage | None = None, size: tuple[int, int] = (120, 40)) -> Play:
        shown = stage or Stage()
        ready: asyncio.Future[Pilot[None]] = asyncio.get_running_loop().create_future()

        # A fixture begins and ends in two contexts; Textual wants one for the whole of a run.
        async def run() -> None:
            async with shown.panel.run_test(size=size) as pilot:
                ready.set_result(pilot)
                await over.wait()

        running.append(asyncio.create_task(run()))
        running[-1].add_done_callback(lambda task: ready.done() or ready.cancel())
        pilot = await ready
        active_app.set(shown.panel)
        await settle(pilot, shown)
        return Play(shown, pilot)

    yield start
    over.set()
    await asyncio.gather(*running)
