"""What a program says where a person can read it: its log, and its code."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.text import clean

_LIMIT = 256 * 1024
"""Bytes of the log, after which it begins anew; the old one is kept once."""


def log_path(home: Path, name: str) -> Path:
    """Return where a program's log is."""
    return home / "Library" / "Logs" / "clients" / f"{name}.log"


def code_path(home: Path, name: str) -> Path:
    """Return where a program keeps the code that it shows now."""
    return home / ".clients" / f"{name}.code"


def codes(home: Path) -> dict[str, str]:
    """Return the codes that are shown now, by the program's name."""
    found: dict[str, str] = {}
    for path in sorted((home / ".clients").glob("*.code")):
        try:
            found[path.stem] = clean(path.read_text(encoding="ascii").strip(), 8)
        except (OSError, ValueError):  # it went away, or is no code
            continue
    return found


class Diary:
    """The log and the code of one program."""

    def __init__(self, home: Path, name: str, clock: Callable[[], float] = time.time) -> None:
        self._log = log_path(home, name)
        self._code = code_path(home, name)
        self._clock = clock
        for folder in (self._log.parent, self._code.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.hide_code()

    def say(self, sentence: str) -> None:
        """Add a line to the log."""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self._clock()))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self._log, flags, 0o600)
        try:
            os.write(descriptor, f"{stamp} {clean(sentence)}\n".encode())
            full = os.fstat(descriptor).st_size > _LIMIT
        finally:
            os.close(descriptor)
        if full:
            self._log.replace(self._log.with_suffix(".old.log"))

    def show_code(self, code: str) -> None:
        """Show the two digits to whoever sits in front of the program."""
        fresh = self._code.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, f"{code}\n".encode("ascii", "replace"))
        finally:
            os.close(descriptor)
        fresh.replace(self._code)
        self.say(f"Your code is {code}")

    def hide_code(self) -> None:
        """Show no code any more."""
        self._code.unlink(missing_ok=True)
