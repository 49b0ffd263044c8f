"""What starts a job besides loading it and asking for it: clocks, paths, other jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from datetime import datetime

from entraclaw_tui.demo.mac.launchd.calendar import next_moment
from entraclaw_tui.demo.mac.launchd.definition import Definition
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.keepalive import world_wants
from entraclaw_tui.demo.mac.launchd.reactor import Timer
from entraclaw_tui.demo.mac.launchd.watching import EVERY, Watch

_LEAST = 0.05
"""Seconds between two ticks of a job, however fast launchd's clocks run."""


class Triggers:
    """The triggers of one loaded job. `want` is called with launchd's reason."""

    def __init__(
        self,
        definition: Definition,
        ground: Ground,
        loaded: Container[str],
        want: Callable[[str], None],
    ) -> None:
        self._definition = definition
        self._ground = ground
        self._loaded = loaded
        self._want = want
        self._timers: dict[str, Timer] = {}
        self._watch = Watch(definition)
        self._began = (time.time(), time.monotonic())

    def start(self) -> None:
        """Begin to watch; what holds already starts the job at once."""
        self._tick()
        self._ring()
        self._poll()
        self.reconsider()

    def stop(self) -> None:
        """Watch no longer."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def reconsider(self) -> None:
        """Start the job if the world wants it now."""
        if world_wants(self._definition, self._loaded):
            self._want("semaphore")

    def _tick(self) -> None:
        interval = self._definition.interval
        if not interval:
            return
        first = "interval" not in self._timers
        self._after("interval", interval, self._tick)
        if not first:
            self._want("interval")

    def _ring(self) -> None:
        if not self._definition.calendar:
            return
        first = "calendar" not in self._timers
        now = self._now()
        moment = next_moment(self._definition.calendar, datetime.fromtimestamp(now))
        if moment is not None:
            self._after("calendar", moment.timestamp() - now, self._ring)
        if not first:
            self._want("xpc event")

    def _poll(self) -> None:
        if not self._definition.polls:
            return
        self._timers["poll"] = self._ground.reactor.after(EVERY, self._poll)
        if self._watch.changed() or self._watch.queued():
            self._want("xpc event")
        elif self._definition.path_state:
            self.reconsider()

    def _now(self) -> float:
        """Return the time by launchd's clock, which runs as many times faster as was asked."""
        wall, steady = self._began
        return wall + (time.monotonic() - steady) * self._ground.speed

    def _after(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        wait = max(_LEAST, seconds / self._ground.speed)
        self._timers[name] = self._ground.reactor.after(wait, act)
