"""A terminal for tests: a real program in a pseudo-terminal, its screen read by pyte."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

_LOGIN = Path(__file__).with_name("login.py")
_PICTURE, _WHOLE = b"\x1b[?2026h", b"\x1b[?2026l"
KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "ctrl+c": "\x03",
    "ctrl+z": "\x1a",
    "backspace": "\x7f",
}


class Terminal:
    """One program and the screen it draws on."""

    def __init__(
        self,
        command: list[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.raw = bytearray()
        self.drawing = True
        """Whether `screen` follows; without, much more can be read in the same time."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        report, told = os.pipe()
        subprocess.run(
            [sys.executable, "-I", str(_LOGIN), os.ttyname(slave), str(told), *command],
            pass_fds=[told],
            check=True,
            env=_environment(environment or {}),
        )
        os.close(told)
        self._report = os.fdopen(report, "r")
        self.pid = int(self._report.readline())
        self._ended: int | None = None

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def pump(self, seconds: float = 0.05) -> bool:
        """Take what the program wrote within `seconds`; return whether there was any."""
        if self._master < 0 or not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux answers EIO once nobody holds the other side
            return False
        self.raw += data
        self._answer(data)
        if self.drawing:
            self._stream.feed(data)
            if self._half_drawn and data:
                self.pump(seconds)
        return bool(data)

    @property
    def _half_drawn(self) -> bool:
        """Whether a picture has begun that is not whole yet (synchronized output)."""
        return self.raw.rfind(_PICTURE) > self.raw.rfind(_WHOLE)

    def wait_for(self, pattern: str, *, seconds: float = 20.0) -> re.Match[str]:
        """Wait until the screen matches; fail with the screen as it is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.text):
                return found
            self.pump()
        raise AssertionError(f"never saw {pattern!r} on the screen:\n{self.text}")

    def wait_gone(self, pattern: str, *, seconds: float = 20.0) -> None:
        """Wait until the screen no longer matches."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not re.search(pattern, self.text):
                return
            self.pump()
        raise AssertionError(f"still saw {pattern!r} on the screen:\n{self.text}")

    def until(self, holds: Callable[[], bool], what: str, *, seconds: float = 20.0) -> None:
        """Go on reading until something holds; fail by its name."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds():
                return
            self.pump()
        raise AssertionError(f"{what} did not happen; the screen:\n{self.text}")

    def press(self, *keys: str) -> None:
        """Press keys, by name or as they are."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            self.pump(0.02)

    def settle(self, quiet: float = 0.35, *, seconds: float = 10.0) -> None:
        """Go on reading until the program has drawn nothing for `quiet` seconds."""
        deadline = time.monotonic() + seconds
        last = time.monotonic()
        while time.monotonic() < deadline:
            if self.pump(0.05):
                last = time.monotonic()
            elif time.monotonic() - last > quiet:
                return

    def rest(self, seconds: float) -> None:
        """Leave the keys alone for a while, as somebody who reads does."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.pump(left)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def leave_unread(self, *keys: str, seconds: float = 20.0) -> None:
        """Press keys over and over and read nothing, until the program can write no more."""
        deadline = time.monotonic() + seconds
        waiting, since = -1, time.monotonic()
        while time.monotonic() - since < 0.5:
            for key in keys:
                os.write(self._master, KEYS.get(key, key).encode())
            time.sleep(0.02)
            found = struct.unpack("i", fcntl.ioctl(self._master, termios.FIONREAD, b"\0" * 4))[0]
            if found != waiting:
                waiting, since = found, time.monotonic()
            if time.monotonic() > deadline:
                raise AssertionError(f"it still writes, after {found} bytes")

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped connection does."""
        os.close(self._slave)
        os.close(self._master)
        self._master = -1

    def wait_end(self, *, seconds: float = 20.0, reading: bool = True) -> int:
        """Wait for the program to end and return its exit status, minus the signal that did it."""
        deadline = time.monotonic() + seconds
        while self._ended is None and time.monotonic() < deadline:
            if reading:
                self.pump(0.02)
            if select.select([self._report], [], [], 0.02)[0]:
                self._ended = int(self._report.readline())
        if self._ended is None:
            raise AssertionError(f"the program did not end; its screen:\n{self.text}")
        while self.pump(0.05):
            pass
        return self._ended

    @property
    def modes(self) -> list[object]:
        """The terminal's modes now, to compare with `before`."""
        return termios.tcgetattr(self._slave)

    def close(self) -> None:
        """End the program where it still runs, and give the terminal back."""
        if self._ended is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.kill(self.pid, number)
                    self.wait_end(seconds=10.0)
                    break
                except (ProcessLookupError, AssertionError):
                    continue
        if self._master >= 0:
            os.close(self._master)
            os.close(self._slave)
            self._master = -1
        self._report.close()

    def _answer(self, data: bytes) -> None:
        """Reply to the questions that a real terminal would answer."""
        if b"\x1b[6n" in data:
            os.write(self._master, b"\x1b[1;1R")
        if b"\x1b[c" in data:
            os.write(self._master, b"\x1b[?62;22c")
        for mode in re.findall(rb"\x1b\[\?(\d+)\$p", data):
            os.write(self._master, b"\x1b[?" + mode + b";2$y")


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TEXTUAL", "TMUX", "STY"))}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        kept.pop(name, None)
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", **more}
