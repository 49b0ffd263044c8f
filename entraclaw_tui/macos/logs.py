"""Log lines: what they say, and how to read a file's end and go on from there."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from entraclaw_tui.model.log import LogLine

LINE_CAP = 1024 * 1024
"""Bytes of one line that are kept; the rest of a longer one starts a new line."""

_BLOCK = 256 * 1024
_END_CAP = 64 * 1024 * 1024
"""Bytes from a file's end that `last_lines` looks through."""
_QUICK, _SLOW = 0.05, 0.5
"""Seconds between two looks at a file: right after new lines, and after a quiet while."""

_OWN = frozenset({"at", "level", "origin", "message"})
_LEVELS = {
    "critical": "error",
    "fault": "error",
    "error": "error",
    "warning": "warning",
    "warn": "warning",
    "notice": "info",
    "default": "info",
    "info": "info",
    "debug": "debug",
}
# 2026-08-14 20:21:43.323136 (gui/501/com.example.job [30002]) <Notice>: message
_LAUNCHD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) \((.*?)\) <(\w+)>: (.*)")
_decode = msgspec.json.Decoder(dict[str, object]).decode


def parse_worker_line(line: str) -> LogLine:
    """Return one line of the worker's log; one that is no JSON object is shown as it is."""
    try:
        fields = _decode(line)
    except (msgspec.DecodeError, UnicodeError):
        return LogLine(None, "worker", "info", line)
    at = fields.get("at")
    more = "".join(f" {key}={value}" for key, value in fields.items() if key not in _OWN)
    return LogLine(
        at=float(at) if isinstance(at, int | float) else None,
        origin=str(fields.get("origin", "worker")),
        level=_LEVELS.get(str(fields.get("level", "")).lower(), "info"),
        message=f"{fields.get('message', '')}{more}",
    )


def parse_launchd_line(line: str) -> LogLine:
    """Return one line of launchd's own log, whose times are local and without a zone."""
    found = _LAUNCHD.match(line)
    if found is None:
        return LogLine(None, "launchd", "info", line)
    moment, target, level, message = found.groups()
    return LogLine(
        _timestamp(moment),
        "launchd",
        _LEVELS.get(level.lower(), "info"),
        f"{target}: {message}",
    )


def parse_plain_line(line: str, origin: str) -> LogLine:
    """Return a line of a log without a form of its own, such as `agent err`."""
    return LogLine(None, origin, "info", line)


def last_lines(path: Path, n: int) -> list[str]:
    """Return the last `n` lines, read from the end; none where there is no such file.

    Raises OSError where the file may not be read.
    """
    try:
        with path.open("rb") as file:
            return _last(file, n, file.seek(0, os.SEEK_END))
    except FileNotFoundError:
        return []


async def follow(path: Path, last: int = 0) -> AsyncGenerator[list[str], None]:
    """Yield batches of new lines for ever; first the `last` ones that are there already.

    The file may be missing yet, be renamed and made anew (what the old one still held comes
    first) or be cut to nothing. A file that is quiet costs two looks a second. A line is
    complete once its line break is there. Raises OSError where the file may not be read.
    """
    tail = _Tail(path)
    try:
        if before := tail.start(last):
            yield before
        wait = _QUICK
        while True:
            lines = tail.take()
            if lines:
                yield lines
            wait = _QUICK if lines else min(wait * 1.5, _SLOW)
            # A flood is read on at once, but others get their turn.
            await asyncio.sleep(0 if tail.more else wait)
    finally:
        tail.close()


class _Tail:
    """A file that is read as it grows."""

    def __init__(self, path: Path) -> None:
        self.more = False
        """Whether the last look filled its whole block."""
        self._path = path
        self._file: BinaryIO | None = None
        self._rest = b""

    def start(self, last: int) -> list[str]:
        """Go to the end of the file; return the last lines before it."""
        self._open()
        if self._file is None:
            return []
        end = self._file.seek(0, os.SEEK_END)
        lines = _last(self._file, last, end)
        # A line that is still being written belongs to the next look.
        self._file.seek(_line_start(self._file, end))
        if lines and self._file.tell() != end:
            lines.pop()
        return lines

    def take(self) -> list[str]:
        """Return the lines that came since."""
        self.more = False
        if self._file is None:
            self._open()
            if self._file is None:
                return []
        replaced = not self._is_current()
        if os.fstat(self._file.fileno()).st_size < self._file.tell():
            self._file.seek(0)
            self._rest = b""
        data = self._file.read(_BLOCK)
        self.more = len(data) == _BLOCK
        lines = self._split(data)
        if replaced and not self.more:
            if self._rest:
                lines.append(_text(self._rest))
            self.close()
            self.more = True
        return lines

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._rest = b""

    def _open(self) -> None:
        try:
            # Unbuffered: a buffer would hide what was written or cut since it was filled.
            self._file = self._path.open("rb", buffering=0)
        except FileNotFoundError:
            self._file = None

    def _is_current(self) -> bool:
        """Say whether the path still names the open file, or names nothing yet."""
        if self._file is None:
            return False
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return True
        return os.path.samestat(named, os.fstat(self._file.fileno()))

    def _split(self, data: bytes) -> list[str]:
        if not data:
            return []
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_CAP:
            whole.append(self._rest)
            self._rest = b""
        return [_text(line) for line in whole]


def _last(file: BinaryIO, n: int, end: int) -> list[str]:
    """Return the last lines before `end`, reading blocks backwards until there are enough."""
    if n <= 0 or end == 0:
        return []
    blocks: list[bytes] = []
    at, breaks = end, 0
    # One more than asked for: the last line may have its break behind it.
    while at > 0 and breaks <= n and end - at < _END_CAP:
        size = min(_BLOCK, at)
        at -= size
        file.seek(at)
        block = _read(file, size)
        breaks += block.count(b"\n")
        blocks.append(block)
    lines = b"".join(reversed(blocks)).split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return [_text(line) for line in lines[-n:]]


def _line_start(file: BinaryIO, end: int) -> int:
    """Return where the line starts that `end` stands in; `end` itself behind a line break."""
    start = max(0, end - LINE_CAP)
    file.seek(start)
    found = _read(file, end - start).rfind(b"\n")
    return start + found + 1 if found >= 0 else start


def _read(file: BinaryIO, size: int) -> bytes:
    """Return up to `size` bytes; an unbuffered file may give them in pieces."""
    pieces = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "backslashreplace")


def _timestamp(moment: str) -> float | None:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
