"""The logs for the command line: their newest lines, and the new ones as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from entraclaw_tui.dashboard.audit_lines import audit_line, told_by_audit
from entraclaw_tui.dashboard.logs.log_sources import LogSource, LogUnread, of_mac
from entraclaw_tui.dashboard.logs.ring import Kept, LogRing
from entraclaw_tui.dashboard.logs.sieve import Sieve
from entraclaw_tui.macos import log_stream, logs, tail
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.model.log import LogLine

DAYS = "????-??-??.jsonl"
MOST = 100_000
"""Lines of one log that are looked through."""
SYSTEM_PAST = 600.0
"""Seconds of the unified log that are looked through where nobody says since when."""
FLUSH = 0.2
"""Seconds for which new lines are held, so that those of several logs come in order of time."""
_ROTATED = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for."""

    origins: tuple[str, ...]
    sieve: Sieve
    since: float | None
    limit: int


class LogReader:
    """Reads the logs of one Mac. What cannot be read is told to `complain`, in a sentence."""

    def __init__(self, host: Host, wanted: Wanted, complain: Callable[[str], None]) -> None:
        self._host = host
        self._places = Places.of(host)
        self._wanted = wanted
        self._complain = complain
        self._sources = {s.origin: s for s in of_mac(host, self._places, history=0)}
        self._came: asyncio.Queue[list[LogLine]] = asyncio.Queue(maxsize=100)
        self._tasks: list[asyncio.Task[None]] = []
        self._shown: set[tuple[str, float | None, str]] = set()

    async def newest(self, now: float) -> list[Kept]:
        """Return the newest lines that are asked for, in order of time."""
        ring = LogRing()
        for origin in self._wanted.origins:
            if origin == "system" and self._tasks:
                continue  # it is followed, and what was before takes a minute to look through
            try:
                lines = await self._past(origin, now)
            except OSError as error:
                self._complain(f"The log `{origin}` cannot be read: {error.strerror or error}.")
            except log_stream.Refused as refused:
                self._complain(f"{refused.why.reason} {refused.why.hint}")
            else:
                ring.take(self._told_once(lines), now)
        kept = self._wanted.sieve.select(ring.lines)
        since = self._wanted.since
        if since is not None:
            kept = [k for k in kept if k.at >= since]
        kept = kept[-self._wanted.limit :]
        self._shown = {_key(k.log) for k in kept[-1000:]}
        return kept

    async def begin(self) -> None:
        """Begin to follow; lines wait until `follow` asks for them."""
        self._tasks = [asyncio.create_task(self._pour(o)) for o in self._wanted.origins]
        # Each file is at its end now: what comes while the newest lines are read is not missed.
        await asyncio.sleep(0)

    async def follow(self, now: Callable[[], float]) -> AsyncIterator[list[Kept]]:
        """Yield new lines for ever, those of a moment in order of time."""
        try:
            while True:
                batch = await self._came.get()
                await asyncio.sleep(FLUSH)
                while not self._came.empty():
                    batch = [*batch, *self._came.get_nowait()]
                if self._shown:
                    # The first ones may have been read as newest lines already.
                    batch = [line for line in batch if _key(line) not in self._shown]
                    self._shown = set()
                ring = LogRing()
                ring.take(self._told_once(batch), now())
                if kept := self._wanted.sieve.select(ring.lines):
                    yield kept
        finally:
            for task in self._tasks:
                task.cancel()

    async def _pour(self, origin: str) -> None:
        source = self._audit() if origin == "audit" else self._sources.get(origin)
        if source is None:
            return
        try:
            async for batch in source.follow():
                await self._came.put(batch)
        except (LogUnread, log_stream.Refused) as error:
            self._complain(str(error))
        except OSError as error:
            self._complain(f"The log `{origin}` cannot be followed: {error.strerror or error}.")

    async def _past(self, origin: str, now: float) -> list[LogLine]:
        places, most = self._places, self._most
        match origin:
            case "worker":
                return self._files(_rotated(places.worker_log), logs.parse_worker_line, most)
            case "launchd":
                return self._files([places.launchd_log], _launchd, MOST)
            case "agent err" | "agent out":
                path = places.agent_err if origin == "agent err" else places.agent_out
                near = path.stat().st_mtime if path.exists() else 0.0
                return self._files(
                    [path], lambda text: logs.parse_plain_line(text, origin, near), most
                )
            case "audit":
                return self._files(sorted(places.audit_dir.glob(DAYS)), entry_line, most)
            case "system":
                since = self._wanted.since
                return await log_stream.past(
                    self._host, SYSTEM_PAST if since is None else max(1.0, now - since)
                )
            case _:
                return []

    @property
    def _most(self) -> int:
        narrow = self._wanted.since is not None or not self._wanted.sieve.open
        return MOST if narrow else self._wanted.limit

    def _files(
        self, paths: Sequence[Path], parse: Callable[[str], LogLine | None], most: int
    ) -> list[LogLine]:
        """Return the last lines of some files, the oldest file first."""
        root = f"{self._host.root}/" if self._host.pretend else ""
        found: list[list[str]] = []
        for path in reversed(paths):
            missing = most - sum(map(len, found))
            if missing <= 0:
                break
            found.append(tail.last_lines(path, missing))
        lines = (text.replace(root, "/") if root else text for f in reversed(found) for text in f)
        return [line for text in lines if (line := parse(text)) is not None]

    def _told_once(self, lines: Sequence[LogLine]) -> list[LogLine]:
        """Leave out what the worker's log says again where the audit is shown as well."""
        if "audit" not in self._wanted.origins:
            return list(lines)
        return [line for line in lines if not told_by_audit(line)]

    def _audit(self) -> LogSource:
        folder = self._places.audit_dir

        async def follow() -> AsyncIterator[list[LogLine]]:
            async for batch in tail.follow_newest(folder, DAYS):
                texts = (text for text in batch if isinstance(text, str))
                if told := [line for text in texts if (line := entry_line(text)) is not None]:
                    yield told

        return LogSource("audit", self._host.shown(folder), follow)


def _key(line: LogLine) -> tuple[str, float | None, str]:
    return line.origin, line.at, line.message


def entry_line(text: str) -> LogLine | None:
    """Return a line of the exported audit, or None for what is no entry."""
    try:
        return audit_line(msgspec.json.decode(text, type=AuditEntry))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _launchd(text: str) -> LogLine | None:
    from entraclaw_tui.macos.places import LABEL

    return logs.parse_launchd_line(text) if LABEL in text else None


def _rotated(path: Path) -> list[Path]:
    """Return a log that the worker rotates with its older files, the oldest first."""
    return [*(path.with_name(f"{path.name}.{n}") for n in range(_ROTATED - 1, 0, -1)), path]
