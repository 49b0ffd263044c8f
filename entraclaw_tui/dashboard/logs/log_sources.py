"""The logs that are followed, each with its origin and its place. No Textual in here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import msgspec

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.log import LogLine

Follow: TypeAlias = Callable[[], AsyncIterator[list[LogLine]]]
Parse: TypeAlias = Callable[[str, float], LogLine]
"""Takes a line, and about when it was written."""
Parser: TypeAlias = Callable[[], Parse]
"""Imports what reads a log's lines, once there are any: the first picture waits for none."""

HISTORY = 2000
"""Lines of each log that are read from before the panel began."""
LOOKED_THROUGH = 20_000
"""Lines of launchd's log that are looked through for those of our job: it tells of all jobs."""


class LogUnread(Exception):
    """A log cannot be read; the message says why in a sentence."""


class LogSource(msgspec.Struct, frozen=True):
    """A log: which one, where it is, and what follows it."""

    origin: str
    place: str
    """Its file or tool, as a path of the Mac."""
    follow: Follow
    """Yields its lines for ever. Raises OSError or LogUnread once it cannot."""


def of_mac(host: Host, places: Places, history: int = HISTORY) -> tuple[LogSource, ...]:
    """Return the logs of this Mac, real or pretend; `history` lines of before come with each."""

    def file(
        path: Path, origin: str, parse: Parser, wanted: str = "", last: int = history
    ) -> LogSource:
        shown = host.shown(path)
        return LogSource(origin, shown, lambda: _lines(host, path, origin, parse, wanted, last))

    own = (
        file(places.worker_log, "worker", _worker),
        file(places.launchd_log, "launchd", _launchd, LABEL, LOOKED_THROUGH if history else 0),
        file(places.agent_err, "agent err", _caught("agent err")),
        file(places.agent_out, "agent out", _caught("agent out")),
        LogSource("system", "/usr/bin/log stream", lambda: _system(host)),
    )
    if not host.pretend:
        return own

    async def clients() -> AsyncIterator[list[LogLine]]:
        from entraclaw_tui.dashboard import client_logs

        async for batch in client_logs.follow_all(host.home / "Library/Logs/clients", history):
            yield batch

    where = host.shown(host.home / "Library/Logs/clients")
    return (*own, LogSource("client", where, clients))


async def _lines(
    host: Host, path: Path, origin: str, parser: Parser, wanted: str, last: int
) -> AsyncIterator[list[LogLine]]:
    from entraclaw_tui.macos import logs

    root = f"{host.root}/" if host.pretend else ""
    parse = parser()

    async for batch in logs.follow(path, last=last):
        near = _written(path)
        told: list[LogLine] = []
        for text in batch:
            if not isinstance(text, str):
                told.append(logs.turn_line(text, origin, near, host.shown(path)))
            elif wanted in text:
                # Paths are those of the Mac, as everywhere on the screen.
                told.append(parse(text.replace(root, "/") if root else text, near))
        if told:
            yield told


async def _system(host: Host) -> AsyncIterator[list[LogLine]]:
    from entraclaw_tui.macos import log_stream

    try:
        async for batch in log_stream.follow(host):
            yield batch
    except log_stream.Refused as refused:
        raise LogUnread(f"{refused.why.reason} {refused.why.hint}") from None


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _worker() -> Parse:
    from entraclaw_tui.macos.logs import parse_worker_line

    return lambda text, near: parse_worker_line(text)


def _launchd() -> Parse:
    from entraclaw_tui.macos.logs import parse_launchd_line

    return lambda text, near: parse_launchd_line(text)


def _caught(origin: str) -> Parser:
    def parser() -> Parse:
        from entraclaw_tui.macos.logs import parse_plain_line

        return lambda text, near: parse_plain_line(text, origin, near)

    return parser
