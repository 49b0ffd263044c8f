"""What the clients of a pretend Mac say: there a person looks at their screens through the panel.

On a real Mac nobody's log but ours is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from entraclaw_tui.model.log import LogLine

_LOOK_EVERY = 2.0
"""Seconds between two looks for a client that is new."""
_STAMP = "%Y-%m-%d %H:%M:%S"


async def follow_all(folder: Path, last: int) -> AsyncIterator[list[LogLine]]:
    """Yield what all clients' logs in `folder` say, for ever; `last` lines of before each."""
    said: asyncio.Queue[list[LogLine]] = asyncio.Queue()
    tasks: dict[Path, asyncio.Task[None]] = {}
    try:
        while True:
            for path in _logs(folder):
                if path not in tasks:
                    tasks[path] = asyncio.create_task(_follow(path, last, said))
            lines: list[LogLine] = []
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    lines = await said.get()
            if lines:
                yield lines
    finally:
        for task in tasks.values():
            task.cancel()


def _logs(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.glob("*.log")) if not p.name.endswith(".err.log")]


async def _follow(path: Path, last: int, said: asyncio.Queue[list[LogLine]]) -> None:
    from entraclaw_tui.macos import logs

    async for batch in logs.follow(path, last=last):
        await said.put([parse(path.stem, text) for text in batch if isinstance(text, str)])


def parse(name: str, text: str) -> LogLine:
    """Return a line of a client's log: a local time, then what it says."""
    day, _, rest = text.partition(" ")
    hour, _, words = rest.partition(" ")
    try:
        at = time.mktime(time.strptime(f"{day} {hour}", _STAMP))
    except (ValueError, OverflowError):
        return LogLine(None, "client", "info", f"{name}: {text}")
    return LogLine(at, "client", "info", f"{name}: {words}")
