"""Tells the person that requests wait, where no panel is open to show them.

A notification by default; a dialog where the policy says so (dialog.py). Both are words alone: they
never allow, and whatever goes wrong with them holds no request up. One program may keep another's
notification away only by having a terminal and looking itself; then the request times out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from entraclaw_tui.ipc.errors import WireError
from entraclaw_tui.ipc.messages import Decide
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.model.consent import Request, State
from entraclaw_tui.text import Shown, clean
from entraclaw_tui.worker import dialog, osascript
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.dialog import Answer
from entraclaw_tui.worker.rows import Change, StoredRequest

SCRIPT: Final = b"""on run argv
	display notification (item 1 of argv) with title "Entraclaw"
end run
"""
_LIMIT: Final = 240
_NAMES: Final = 3
_REMEMBERED: Final = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a person is told, in seconds."""

    gather: float = 1.0
    """How long the first request waits for others to be told with it."""
    between: float = 10.0
    """Between any two notices."""
    client: float = 60.0
    """Between two notices that requests of one client brought about."""
    trouble: float = 60.0
    """After a notice that failed, or a dialog."""
    deadline: float = 5.0
    """How long osascript may take for a notification before it is killed."""


class Notices:
    """Follows the commits; one osascript at a time, ended with the worker."""

    def __init__(
        self,
        core: Core,
        host: Host,
        watched: Callable[[], bool],
        deny: Callable[[Decide, str], Awaitable[Request]],
        pace: Pace = Pace(),
    ) -> None:
        self._core = core
        self._host = host
        self._watched = watched
        self._deny = deny
        self._pace = pace
        # Those that wait already were told of by the worker before this one.
        self._known = {stored.request.id for stored in core.book.pending()}
        self._untold: dict[str, str] = {}
        """Requests nobody was told of, with the client whose share they use."""
        self._next = 0.0
        self._next_of: OrderedDict[str, float] = OrderedDict()
        self._failing = False
        self._closed = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        core.ledger.listen(self._committed)

    @property
    def idle(self) -> bool:
        """Whether everything was told that is to be told."""
        return self._task is None

    async def close(self) -> None:
        """Stop for good; what is on the screen goes with it."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if not isinstance(change, StoredRequest):
                continue
            request = change.request
            if request.state is not State.PENDING:
                self._known.discard(request.id)
                self._untold.pop(request.id, None)
            elif request.id not in self._known:
                self._known.add(request.id)
                self._untold[request.id] = change.quota
                self._news.set()
        self._begin()

    def _begin(self) -> None:
        if self._untold and self._task is None and not self._closed:
            task = asyncio.get_running_loop().create_task(self._run(), name="notices")
            task.add_done_callback(self._ended)
            self._task = task

    async def _run(self) -> None:
        await asyncio.sleep(self._pace.gather)
        while self._untold:
            if self._watched() or self._core.paused or not self._wanted:
                self._untold.clear()
                return
            now = self._core.clock.mono()
            nearest = min(self._next_of.get(client, 0.0) for client in self._untold.values())
            wait = max(self._next, nearest) - now
            if wait <= 0:
                await self._tell(now)
                continue
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()

    @property
    def _wanted(self) -> bool:
        return self._core.policy.notice or self._core.policy.dialog

    async def _tell(self, now: float) -> None:
        waiting = [stored.request for stored in self._core.book.pending()]
        for gone in self._untold.keys() - {request.id for request in waiting}:
            del self._untold[gone]
        untold = [request for request in waiting if request.id in self._untold]
        fresh = [r for r in untold if self._next_of.get(self._untold[r.id], 0.0) <= now]
        if self._core.policy.dialog:
            fresh = fresh[:1]
        for request in fresh:
            self._told(self._untold.pop(request.id), now)
        if not fresh:
            return
        self._next = now + self._pace.between
        try:
            if self._core.policy.dialog:
                await self._ask(fresh[0], len(waiting))
                self._next = self._core.clock.mono() + self._pace.trouble
            else:
                await self._notify(fresh, len(waiting))
        except ToolError as error:
            await self._failed(str(error))

    async def _notify(self, fresh: Sequence[Request], waiting: int) -> None:
        text = words(fresh, waiting)
        ran = await osascript.run(self._host, SCRIPT, text, deadline=self._pace.deadline)
        if ran.exit != 0:
            await self._failed(ran.complaint)
        else:
            self._failing = False

    async def _ask(self, request: Request, waiting: int) -> None:
        answer, complaint = await dialog.ask(self._host, request, waiting)
        if answer is Answer.FAILED:
            await self._failed(complaint)
            return
        self._failing = False
        if answer is Answer.DENY:
            decide = Decide(request.id, request.digest, request.revision, "deny")
            with contextlib.suppress(WireError):  # decided or ended meanwhile, or the disk fails
                await self._deny(decide, "the dialog on the screen")

    def _told(self, client: str, now: float) -> None:
        self._next_of.pop(client, None)
        self._next_of[client] = now + self._pace.client
        while len(self._next_of) > _REMEMBERED:
            self._next_of.popitem(last=False)

    async def _failed(self, why: str) -> None:
        """Say it once, until one can be shown again; and give the system some time."""
        self._next = self._core.clock.mono() + self._pace.trouble
        if self._failing:
            return
        self._failing = True
        with contextlib.suppress(WireError):
            await self._core.ledger.change(
                lambda txn: txn.audit("notice_failed", "worker", why=why)
            )

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._core.log.error("Notices have stopped for now.", kind=type(error).__name__)
            self._untold.clear()
        self._begin()  # a request may have come between the last look and this


def words(fresh: Sequence[Request], waiting: int) -> Shown:
    """Return what the notification says: programs as the system names them, what they want."""
    if len(fresh) == 1 and waiting == 1:
        (request,) = fresh
        wants = clean(request.scopes[0].name, 60)
        more = f" and {len(request.scopes) - 1} more" if len(request.scopes) > 1 else ""
        told = f"{_program(request)} asks for {wants}{more} ({request.tier})."
    else:
        names = list(dict.fromkeys(_program(request) for request in fresh))
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        told = f"{waiting} requests wait: {', '.join(names[:_NAMES])}{more}."
    return clean(f"To decide, open entraclaw-tui. {told}", _LIMIT)


def _program(request: Request) -> str:
    return clean(request.requester.executable.rpartition("/")[2] or "a program", 40)
