"""A file's last lines, and the new ones as they come. A file is never read whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from enum import Enum
from pathlib import Path
from typing import BinaryIO, TypeAlias

from entraclaw_tui.macos.plain_files import open_plain

LINE_CAP = 64 * 1024
"""Bytes of one line that are kept; the rest of a longer one is left out, and a sign says so."""
CUT_SIGN = " [... the rest of this line is left out]"

_BLOCK = 256 * 1024
_END_CAP = 64 * 1024 * 1024
"""Bytes from a file's end that `last_lines` looks through."""
_START_CAP = 8 * 1024 * 1024
"""Bytes from a file's end that `follow` looks through for what was there already."""
_QUICK, _SLOW = 0.05, 0.5
"""Seconds between two looks at a file: right after new lines, and after a quiet while."""


class Turn(Enum):
    """What happened to a file that is followed, between two of its lines."""

    RENAMED = "was renamed and begun anew"
    """By whoever rotates it: the lines that follow come from the new file of that name."""
    CUT = "was cut"
    """It is shorter than what was read of it: the lines that follow come from its start."""


Tailed: TypeAlias = "list[str | Turn]"


def last_lines(path: Path, n: int) -> list[str]:
    """Return the last `n` lines, read from the end; none where there is no such file.

    Raises OSError where the file may not be read.
    """
    try:
        with open_plain(path) as file:
            return _last(file, n, file.seek(0, os.SEEK_END), _END_CAP)
    except FileNotFoundError:
        return []


async def follow(path: Path, last: int = 0) -> AsyncGenerator[Tailed, None]:
    """Yield batches of new lines for ever; first the `last` ones that are there already.

    The file may be missing yet, be renamed and made anew (what the old one still held comes
    first) or be cut to nothing; a Turn among the lines says where. A file that is quiet costs two
    looks a second. A line is complete once its line break is there. Raises OSError where the file
    may not be read.
    """
    tail = _Tail(path)
    try:
        if before := tail.start(last):
            yield [*before]
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
        self._skipping = False
        """Whether what comes up to the next line break belongs to a line that was cut."""
        self._renamed = False
        """Whether a file of this name was read before: the next one begins with a word on it."""

    def start(self, last: int) -> list[str]:
        """Go to the end of the file; return the last lines before it."""
        file = self._open()
        if file is None:
            return []
        end = file.seek(0, os.SEEK_END)
        lines = _last(file, last, end, _START_CAP)
        # A line that is still being written belongs to the next look.
        file.seek(_line_start(file, end))
        if lines and file.tell() != end:
            lines.pop()
        return lines

    def take(self) -> Tailed:
        """Return the lines that came since, and what happened to the file."""
        self.more = False
        told: Tailed = []
        file = self._file
        if file is None:
            file = self._open()
            if file is None:
                return []
            if self._renamed:
                self._renamed = False
                told.append(Turn.RENAMED)
        replaced = not self._is_current(file)
        if os.fstat(file.fileno()).st_size < file.tell():
            file.seek(0)
            self._rest, self._skipping = b"", False
            told.append(Turn.CUT)
        data = file.read(_BLOCK)
        self.more = len(data) == _BLOCK
        told += self._split(data)
        if replaced and not self.more:
            if self._rest:
                told.append(_text(self._rest))
            self.close()
            self.more = self._renamed = True
        return told

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = None
        self._rest, self._skipping = b"", False

    def _open(self) -> BinaryIO | None:
        try:
            # Unbuffered: a buffer would hide what was written or cut since it was filled.
            self._file = open_plain(self._path, buffering=0)
        except FileNotFoundError:
            self._file = None
        return self._file

    def _is_current(self, file: BinaryIO) -> bool:
        """Say whether the path still names the open file, or names nothing yet."""
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return True
        return os.path.samestat(named, os.fstat(file.fileno()))

    def _split(self, data: bytes) -> list[str]:
        if not data:
            return []
        if self._skipping:
            _, found, data = data.partition(b"\n")
            if not found:
                return []
            self._skipping = False
        *whole, self._rest = (self._rest + data).split(b"\n")
        lines = [_text(line) for line in whole]
        if len(self._rest) > LINE_CAP:
            lines.append(_text(self._rest))
            self._rest, self._skipping = b"", True
        return lines


def _last(file: BinaryIO, n: int, end: int, cap: int) -> list[str]:
    """Return the last lines before `end`, reading blocks backwards until there are enough."""
    if n <= 0 or end == 0:
        return []
    blocks: list[bytes] = []
    at, breaks = end, 0
    # One more than asked for: the last line may have its break behind it.
    while at > 0 and breaks <= n and end - at < cap:
        size = min(_BLOCK, at)
        at -= size
        file.seek(at)
        block = _read(file, size)
        breaks += block.count(b"\n")
        blocks.append(block)
    lines = b"".join(reversed(blocks)).split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    if at > 0 and len(lines) > 1:
        # Its start was not read; where the cap ended the search it would look whole.
        del lines[0]
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
    if len(line) > LINE_CAP:
        return line[:LINE_CAP].decode("utf-8", "backslashreplace") + CUT_SIGN
    return line.removesuffix(b"\r").decode("utf-8", "backslashreplace")


async def follow_newest(folder: Path, pattern: str) -> AsyncGenerator[Tailed, None]:
    """Yield new lines of the last file by name that matches; go on to a later one once it is there.

    That is how a log of one file a day is followed. What is there already is not told. Raises
    OSError where a file may not be read.
    """
    path = _newest(folder, pattern)
    tail = _Tail(path or folder / pattern)
    try:
        tail.start(0)
        while True:
            if lines := tail.take():
                yield lines
            later = None if tail.more else _newest(folder, pattern)
            if later is not None and later != path:
                if rest := tail.take():
                    yield rest
                tail.close()
                path, tail = later, _Tail(later)
                continue
            await asyncio.sleep(0 if tail.more else _SLOW)
    finally:
        tail.close()


def _newest(folder: Path, pattern: str) -> Path | None:
    return max(folder.glob(pattern), default=None)
