"""Follows every log and holds what came until the pane takes it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from entraclaw_tui.dashboard.audit_lines import told_by_audit
from entraclaw_tui.dashboard.logs.log_sources import LogSource, LogUnread
from entraclaw_tui.model.log import NOTICE, LogLine

WAITING = 100_000
"""Lines that are held; where nobody takes them, the oldest go."""
AGAIN = 30.0
"""Seconds after which a log that could not be read is tried again."""
MUCH_LATER = 900.0
"""Seconds after which one is that this account may not read: that seldom changes."""


class LogFeed:
    """The followers, the lines that wait, and which logs cannot be read."""

    def __init__(
        self,
        sources: Sequence[LogSource],
        clock: Callable[[], float],
        *,
        audited: Callable[[], bool],
    ) -> None:
        self.sources = tuple(sources)
        self.waiting: deque[LogLine] = deque(maxlen=WAITING)
        self.troubles: dict[str, str] = {}
        """Why a log cannot be read, in a sentence, by its origin."""
        self.broken: set[str] = set()
        """The origins of those that should be readable, and are not."""
        self._clock = clock
        self._audited = audited
        self._more: Callable[[], None] = lambda: None
        self._taken: list[Callable[[Sequence[LogLine]], None]] = []

    def listen(self, more: Callable[[], None]) -> None:
        """Call `more` whenever lines have come."""
        self._more = more

    def listen_lines(self, taken: Callable[[Sequence[LogLine]], None]) -> None:
        """Call `taken` with the lines that come."""
        self._taken.append(taken)

    def put(self, lines: Iterable[LogLine]) -> None:
        """Take lines up."""
        if self._audited():
            # The worker's own log tells again what the audit tells better.
            lines = (line for line in lines if not told_by_audit(line))
        came = tuple(lines)
        self.waiting.extend(came)
        for taken in self._taken:
            taken(came)
        self._more()

    async def follow(self, source: LogSource) -> None:
        """Follow a log for ever. One that cannot be read says so once, and is tried again."""
        while True:
            pause = AGAIN
            try:
                async for batch in source.follow():
                    self.troubles.pop(source.origin, None)
                    self.broken.discard(source.origin)
                    self.put(batch)
                return
            except LogUnread as error:
                reason, pause = str(error), MUCH_LATER
            except OSError as error:
                reason = f"{source.place} cannot be read: {error.strerror or error}."
                self.broken.add(source.origin)
            except Exception as error:  # the log ends with a word about why, the panel goes on
                reason = f"{source.place} cannot be followed any more ({type(error).__name__})."
                self.broken.add(source.origin)
            if self.troubles.get(source.origin) != reason:
                self.troubles[source.origin] = reason
                self.put([LogLine(self._clock(), source.origin, NOTICE, reason)])
            await asyncio.sleep(pause)
