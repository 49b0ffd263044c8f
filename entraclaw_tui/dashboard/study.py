"""Sources that are asked only while somebody looks closely at what they tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.dashboard.poll import Loop, Poll, answer
from entraclaw_tui.dashboard.read import Read
from entraclaw_tui.dashboard.store import Store

T = TypeVar("T")


class Study:
    """Polls that rest until a pane wants them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._polls: dict[str, Loop] = {}
        self._wanted: frozenset[str] = frozenset()
        self._asking: set[str] = set()
        self._resting = False

    def add(self, key: Key[T], read: Read[T], pace: float) -> None:
        """Know a source. While it is looked at it is asked every `pace` seconds."""
        poll = Poll(key, read, lambda: pace, self._store)
        poll.pause()
        self._polls[key.name] = poll

    @property
    def polls(self) -> Iterable[Loop]:
        """The loops, to be run as tasks."""
        return self._polls.values()

    @property
    def unanswered(self) -> frozenset[str]:
        """What is looked at, or was asked for, and has said nothing yet."""
        return (self._wanted - self._store.names) | frozenset(self._asking)

    def look_at(self, keys: Iterable[Key[object]]) -> None:
        """Ask these sources, now and then again, and let all others rest."""
        wanted = frozenset(key.name for key in keys)
        before, self._wanted = self._wanted, wanted
        for name in before - wanted:
            self._polls[name].pause()
        if not self._resting:
            for name in wanted - before:
                self._polls[name].resume()

    def hurry(self, names: Collection[str] | None = None) -> None:
        """Ask what is looked at once more now: all of it, or what is among `names`."""
        for name in self._wanted:
            if names is None or name in names:
                self._polls[name].hurry()

    def pause(self) -> None:
        """Ask nothing while nobody can look."""
        self._resting = True
        for name in self._wanted:
            self._polls[name].pause()

    def resume(self) -> None:
        """Go on with what is looked at."""
        self._resting = False
        for name in self._wanted:
            self._polls[name].resume()

    def asking(self, key: Key[object]) -> bool:
        """Return whether `once` waits for the answer of this source."""
        return key.name in self._asking

    async def once(self, key: Key[T], read: Read[T]) -> None:
        """Ask a source that is asked on a person's wish alone; never twice at a time."""
        if key.name in self._asking:
            return
        self._asking.add(key.name)
        try:
            found = await answer(key, read)
        finally:
            self._asking.discard(key.name)
        self._store.put(key, found)
