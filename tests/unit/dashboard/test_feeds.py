"""What is looked for again, and when: the worker may be heard of after the first look."""

from __future__ import annotations

import asyncio

from entraclaw_tui.dashboard.feeds import Feeds
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.ipc.messages import WorkerInfo
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Loaded
from tests.support.panel import Clock, StandInLink, snapshot, sources


class _LateLink(StandInLink):
    """Says nothing, not even that nobody answers, until it is let."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, None)
        self.let = asyncio.Event()

    async def run(self) -> None:
        await self.let.wait()
        self.tell(snapshot())
        await asyncio.Event().wait()


async def test_findings_are_looked_for_again_with_a_worker_that_came_after_the_first_look() -> None:
    looks: asyncio.Queue[WorkerInfo | None] = asyncio.Queue()

    async def examine(
        known: Loaded[Privacy] | None, worker: WorkerInfo | None
    ) -> Loaded[tuple[Finding, ...]]:
        looks.put_nowait(worker)
        return Loaded((), 0.0)

    clock = Clock()
    link = _LateLink(clock)
    feeds = Feeds(sources(findings=examine), link, Store(), clock)
    feeds.start()
    async with asyncio.timeout(10):
        assert await looks.get() is None
        link.let.set()
        while await looks.get() is None:
            pass
    await feeds.stop()
