"""The latest that each source said, and who wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.model.source import Source, grow_old

T = TypeVar("T")


class Store:
    """One value a source. A failure after a good value leaves that value, marked stale."""

    def __init__(self) -> None:
        self._values: dict[str, Source[object]] = {}
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the name of each source whose value changes."""
        self._listeners.append(listener)

    def put(self, key: Key[T], now: Source[T]) -> None:
        """Take what a source says now."""
        before = self.get(key)
        value = grow_old(before, now)
        if value == before:
            return
        self._values[key.name] = cast("Source[object]", value)
        for listener in self._listeners:
            listener(key.name)

    def get(self, key: Key[T]) -> Source[T] | None:
        """Return the latest of a source, or None while it has said nothing."""
        return cast("Source[T] | None", self._values.get(key.name))

    @property
    def names(self) -> frozenset[str]:
        """The sources that have said something."""
        return frozenset(self._values)
