"""A lane: one daemon thread on which calls that may block run one after another."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    work: Callable[[], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]

    def run(self) -> None:
        if self.future.cancelled():  # whoever asked has gone; nobody wants this any more
            return
        try:
            result = self.work()
        except BaseException as error:
            # Out of a thread everything must reach the one who waits, or he waits forever.
            self._tell(_fail, error)
        else:
            self._tell(_settle, result)

    def _tell(self, how: Callable[..., None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is ending
            self.loop.call_soon_threadsafe(how, self.future, what)


class Lane:
    """One named daemon thread. It starts with the first call and never keeps a process alive."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._last: Callable[[], None] = lambda: None

    async def run(self, work: Callable[[], T], deadline: float) -> T:
        """Run `work` on the lane and return its result, waiting for at most `deadline` seconds.

        Raises TimeoutError past the deadline: work that had begun goes on by itself, work that
        had not is dropped. Raises what `work` raises, and RuntimeError once closed.
        """
        if self._closed:
            raise RuntimeError(f"the lane {self._name} is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))  # type: ignore[arg-type]  # invariant in T
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        async with asyncio.timeout(deadline):
            return await future

    def close(self, last: Callable[[], None] = lambda: None) -> None:
        """Let the thread end after what it is doing, and `last` thing do this. Never waits."""
        self._closed = True
        self._last = last
        self._jobs.put(None)

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            del job  # keep no result, it may be a secret, while waiting for the next
        self._last()


def _settle(future: asyncio.Future[object], result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[object], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
