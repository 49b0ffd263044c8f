"""What follows the logs: it goes on whatever a log does, and says once what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from entraclaw_tui.dashboard.logs import feed as feeding
from entraclaw_tui.dashboard.logs.feed import LogFeed
from entraclaw_tui.dashboard.logs.log_sources import LogSource, LogUnread
from entraclaw_tui.model.log import NOTICE, LogLine

NOW = 1_800_000_000.0


def _feed(source: LogSource, *, audited: bool = False) -> LogFeed:
    return LogFeed([source], lambda: NOW, audited=lambda: audited)


async def test_a_log_that_cannot_be_read_says_so_once_and_is_read_once_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeding, "AGAIN", 0.0)
    tries = 0
    line = LogLine(NOW, "worker", "info", "at last")

    async def follow() -> AsyncIterator[list[LogLine]]:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise PermissionError(13, "Permission denied")
        yield [line]

    source = LogSource("worker", "/w.log", follow)
    feed = _feed(source)
    async with asyncio.timeout(10):
        await feed.follow(source)
    notice, last = feed.waiting
    assert (notice.level, notice.message) == (NOTICE, "/w.log cannot be read: Permission denied.")
    assert last == line
    assert feed.troubles == {}
    assert feed.broken == set()


async def test_a_log_that_this_account_may_not_read_counts_as_none_that_is_broken() -> None:
    async def follow() -> AsyncIterator[list[LogLine]]:
        for why in ("Only an administrator may.",):
            raise LogUnread(why)
        yield []

    source = LogSource("system", "/usr/bin/log stream", follow)
    feed = _feed(source)
    told = asyncio.Event()
    feed.listen(told.set)
    task = asyncio.create_task(feed.follow(source))
    async with asyncio.timeout(10):
        await told.wait()
    task.cancel()
    assert [line.message for line in feed.waiting] == ["Only an administrator may."]
    assert feed.troubles == {"system": "Only an administrator may."}
    assert feed.broken == set()


def test_what_the_audit_tells_is_not_told_again_by_the_worker_s_log() -> None:
    lines = [LogLine(NOW, "worker", "info", m) for m in ("started", "A client asks. event=asked")]

    async def none() -> AsyncIterator[list[LogLine]]:
        yield []

    for audited, count in ((True, 1), (False, 2)):
        feed = _feed(LogSource("worker", "/w.log", none), audited=audited)
        feed.put(lines)
        assert len(feed.waiting) == count
