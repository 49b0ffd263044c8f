"""Reads a recording, and says what is wrong with one that cannot be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from entraclaw_tui.dashboard.replay.entries import FORMAT, KINDS, Ended, Entry, Header, Mark, Said
from entraclaw_tui.dashboard.replay.recording import CAP
from entraclaw_tui.model.source import Source
from entraclaw_tui.text import clean

_LINE = CAP
LARGEST = 1e11
"""A time beyond (the year 5138) would be refused by what turns it into a date."""
_DECODER = msgspec.json.Decoder(Entry)


class Damaged(Exception):
    """This is no recording, or one that cannot be read. The message is for a person."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A recording that was read through once."""

    path: Path
    header: Header
    entries: int
    first: float
    last: float
    why: str
    """Why it ends: `left`, `full`, `trouble`, or `killed` where nothing says so."""

    def play(self) -> Iterator[tuple[float, Entry]]:
        """Yield the entries in their order, each with its time."""
        with self.path.open("rb") as file:
            file.readline(_LINE)
            for entry in _entries(file, self.path.name):
                yield entry.at, entry


def check(path: Path) -> Checked:
    """Read a recording through. Raises Damaged with the cause, and OSError."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    with file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise Damaged(f"{_name(path)} is no file.")
        if status.st_size > CAP:
            raise Damaged(f"{_name(path)} is larger than any recording ({CAP >> 20} MiB).")
        header = _header(file.readline(_LINE), _name(path))
        first, last, number, why = header.at, header.at, 0, "killed"
        for entry in _entries(file, _name(path)):
            number += 1
            if not _sane(value_of(entry) if isinstance(entry, Said) else entry):
                raise Damaged(f"{_name(path)}, line {number + 1} has absurd numbers.")
            last = max(last, entry.at)
            why = entry.why if isinstance(entry, Ended) else "killed"
    return Checked(path, header, number, first, last, why)


def value_of(said: Said) -> Source[object]:
    """Return what a source said. Raises msgspec.MsgspecError, KeyError for one nobody knows."""
    value: Source[object] = msgspec.json.decode(said.says, type=KINDS[said.name])
    return value


def _header(line: bytes, name: str) -> Header:
    try:
        mark = msgspec.json.decode(line, type=Mark)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Damaged(f"{name} is no recording of this program: its first line says so.") from None
    if mark.entraclaw_recording > FORMAT:
        raise Damaged(
            f"{name} was made by a newer version (format {mark.entraclaw_recording}; "
            f"this one reads {FORMAT}). Update entraclaw-tui."
        )
    try:
        return msgspec.json.decode(line, type=Header)
    except msgspec.MsgspecError as error:
        raise Damaged(f"{name}, line 1 is damaged: {clean(str(error), 200)}.") from None


def _entries(file: IO[bytes], name: str) -> Iterator[Entry]:
    for number, line in enumerate(iter(lambda: file.readline(_LINE), b""), start=2):
        if not line.endswith(b"\n"):
            return  # the panel was killed while it wrote this
        try:
            entry = _DECODER.decode(line)
            if isinstance(entry, Said):
                value_of(entry)
        except KeyError:
            raise Damaged(f"{name}, line {number} tells of a source nobody knows.") from None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Damaged(f"{name}, line {number} is damaged: {clean(str(error), 200)}.") from None
        yield entry


def _sane(value: object) -> bool:
    """Return whether every number with a fraction, which is what times are, can be one."""
    found = msgspec.to_builtins(value)
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, float) and not abs(one) < LARGEST:
            return False
        if isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list | tuple):
            left.extend(one)
    return True


def _name(path: Path) -> str:
    return clean(path.name, 80)
