"""Keys take effect one after the other, in the order in which they were pressed.

Textual 8.2 passes every key on to the widget in focus as soon as it comes in, and the key comes
back to the app later, by way of the widgets around. So of a quick `/needle` some letters are on
their way to the pane while the line to type in is being opened, and others go to the line at once:
they arrive as `neelde`, or press keys of the pane. Here a key is passed on once what the one
before it did has settled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from textual import events
from textual.message import Message
from textual.widget import Widget

LOOK = 0.1
"""Seconds after which a key that did not come back is looked for."""
LOST = 2.0
"""Seconds after which the next key no longer waits for it."""


class Passed(Message):
    """All that was posted to a widget before this was handled, there and on the way up."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


def escape_of(event: events.Event) -> events.Event:
    """Return Esc for a letter with Alt, and every other event as it is.

    A terminal tells Alt and a letter as it tells Esc and a letter right behind it, and over a slow
    line the two come together (xterm's control sequences, "Alt and Meta Keys"). Nothing here has an
    Alt key, so Esc was meant; the letter is let go, since it was meant for what Esc leads to.
    """
    if isinstance(event, events.Key) and event.key.startswith("alt+") and event.is_printable:
        return events.Key("escape", "\x1b")
    return event


class Keyboard(Protocol):
    """The app, as far as keys need it."""

    @property
    def key_target(self) -> Widget | None:
        """The widget that the next key goes to; None where the last screen is gone."""
        ...

    def post_message(self, message: Message) -> bool:
        """Post to the app itself."""
        ...


class KeyOrder:
    """The keys and pastes that wait for their turn."""

    def __init__(self, board: Keyboard, take: Callable[[events.Event], Awaitable[None]]) -> None:
        self._board = board
        self._take = take
        self._waiting: deque[events.Event] = deque()
        self._turn = 0
        self._under_way: events.Event | None = None
        self._target: Widget | None = None
        self._since = 0.0
        self._later: asyncio.TimerHandle | None = None

    async def add(self, event: events.Event) -> None:
        """Pass a key or a paste on, now or after those before it."""
        self._waiting.append(escape_of(event))
        if self._target is None:
            await self._next()

    async def came_back(self, event: events.Event) -> None:
        """Let what a key has done settle, once the app has handled it."""
        if event is self._under_way:
            self._under_way = None
            if (target := self._board.key_target) is not None:
                self._watch(target)

    async def passed(self, turn: int) -> None:
        """Take the next key when all before it was handled."""
        if turn == self._turn and self._target is not None:
            self._end()
            await self._next()

    async def _next(self) -> None:
        while self._waiting and self._target is None:
            event = self._waiting.popleft()
            target = self._board.key_target
            if target is None:
                self._waiting.clear()  # pressed in the moment of leaving
                return
            await self._take(event)
            if event.is_forwarded:
                self._under_way = event
                self._watch(target)

    def _watch(self, target: Widget) -> None:
        self._end()
        self._turn += 1
        self._target = target
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        if not target.post_message(Passed(self._turn)):
            self._board.post_message(Passed(self._turn))
        self._later = loop.call_later(LOOK, self._look)

    def _look(self) -> None:
        """Go on where a widget was removed with what it had yet to handle, or hangs."""
        target = self._target
        if target is None:
            return
        loop = asyncio.get_running_loop()
        if target.is_attached and loop.time() - self._since < LOST:
            self._later = loop.call_later(LOOK, self._look)
        else:
            self._board.post_message(Passed(self._turn))

    def _end(self) -> None:
        self._target = None
        if self._later is not None:
            self._later.cancel()
            self._later = None
