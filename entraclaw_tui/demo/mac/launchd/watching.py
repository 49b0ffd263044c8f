"""Paths that start a job: WatchPaths, QueueDirectories, and the PathState of KeepAlive.

A Mac hears of changes from fseventsd; here somebody looks once a second, and only while a job
is loaded that asks for it.
"""

from __future__ import annotations

import os
from pathlib import Path

from entraclaw_tui.demo.mac.launchd.definition import Definition

EVERY = 1.0
"""Seconds between two looks, whatever the speed of launchd's clocks."""

_Print = tuple[int, int, int, tuple[str, ...]]


class Watch:
    """What one job's paths looked like when it was last asked."""

    def __init__(self, definition: Definition) -> None:
        self._watched = definition.watch_paths
        self._queues = definition.queue_directories
        self._seen = self._look()

    def changed(self) -> bool:
        """Return whether a watched path changed since the last look."""
        now = self._look()
        before, self._seen = self._seen, now
        return now != before

    def queued(self) -> bool:
        """Return whether something lies in one of the queues."""
        return any(_names(path) for path in self._queues)

    def _look(self) -> list[_Print | None]:
        return [_fingerprint(path) for path in self._watched]


def path_states_hold(definition: Definition) -> bool:
    """Return whether one of the PathState conditions is met; they are alternatives."""
    return any(os.path.lexists(path) == wanted for path, wanted in definition.path_state.items())


def _fingerprint(path: str) -> _Print | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size, _names(path)


def _names(path: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(one.name for one in Path(path).iterdir() if one.name != ".DS_Store"))
    except OSError:
        return ()
