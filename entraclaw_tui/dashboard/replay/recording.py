"""Writes what the sources say to a file, line by line, so that a crash keeps what was there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

import entraclaw_tui
from entraclaw_tui.dashboard.feeds import Feeds
from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.dashboard.replay import entries
from entraclaw_tui.dashboard.replay.differences import events_between
from entraclaw_tui.dashboard.replay.entries import Changed, Header, Lines, Told
from entraclaw_tui.dashboard.replay.withheld import Door
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.log import LogLine

CAP = 64 * 1024 * 1024
"""Bytes that a recording may have."""
_LAST = 200
"""Bytes that are kept free for the line that says why it ended."""


class Recording:
    """A recording under way. `follow` what fills the panel, `close` at the end."""

    def __init__(self, path: Path, clock: Callable[[], float], door: Door, cap: int = CAP) -> None:
        """Make the file, 0600. Raises OSError; FileExistsError where there is one already."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file: int | None = os.open(path, flags, 0o600)
        self._name = path.name
        self._clock = clock
        self._door = door
        self._cap = cap
        self._written = 0
        self._view = WorkerView(reason="")
        self.trouble = ""
        """Why it records no more, in a few words."""

    @classmethod
    def of_panel(
        cls, path: Path, host: Host, clock: Callable[[], float], size: tuple[int, int]
    ) -> Recording:
        """Begin the recording of a panel of this Mac. Raises OSError."""
        recording = cls(path, clock, Door(str(host.root) if host.pretend else ""))
        marker = host.marker
        recording._put(
            Header(
                entries.FORMAT,
                entraclaw_tui.__version__,
                clock(),
                host.name,
                host.user,
                host.uid,
                marker.macos if marker is not None else "",
                host.pretend,
                *size,
            )
        )
        return recording

    def __str__(self) -> str:
        """Return in a few words whether it records."""
        return self.trouble or f"recording to {self._name}"

    def follow(self, feeds: Feeds) -> None:
        """Write down whatever comes from now on."""

        def said(name: str) -> None:
            if name in entries.KINDS:
                self._put(
                    {"type": "source", "at": self._clock(), "name": name},
                    feeds.store.get(Key(name)),
                )

        feeds.store.listen(said)
        feeds.link.listen(self._heard)
        feeds.logs.listen_lines(self._lines)

    def close(self) -> None:
        """End the recording: the person leaves."""
        self._end("left")

    def _heard(self, view: WorkerView) -> None:
        now, before = self._clock(), self._view
        self._view = view
        same = (view.connected, view.reason, view.restarts) == (
            before.connected,
            before.reason,
            before.restarts,
        )
        if (
            same
            and view.snapshot is not None
            and before.snapshot is not None
            and (events := events_between(before.snapshot, view.snapshot)) is not None
        ):
            self._put(Changed(now, view.at, events))
        elif view != before:
            told = Told(now, view.connected, view.reason, view.at, view.restarts, view.snapshot)
            self._put(told)

    def _lines(self, lines: Sequence[LogLine]) -> None:
        if lines:
            self._put(Lines(self._clock(), tuple(lines)))

    def _put(self, entry: msgspec.Struct | dict[str, object], says: object = None) -> None:
        if self._file is None:
            return
        value = self._door.value(msgspec.to_builtins(entry))
        if isinstance(value, dict) and says is not None:
            value["says"] = self._door.value(msgspec.to_builtins(says))
        line = msgspec.json.encode(value) + b"\n"
        if self._written + len(line) > self._cap - _LAST:
            self.trouble = f"recording ended: {self._name} is full ({self._cap >> 20} MiB)"
            self._end("full")
            return
        self._write(line)

    def _end(self, why: str) -> None:
        if self._file is not None:
            self._write(
                msgspec.json.encode({"type": "end", "at": self._clock(), "why": why}) + b"\n"
            )
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, line: bytes) -> None:
        """Write a line at once: it is the system's then, and a killed panel takes nothing along."""
        if self._file is None:
            return
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self.trouble = f"recording ended: {error.strerror or error}"
            file, self._file = self._file, None
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._written)  # half a line helps nobody
            os.close(file)
        else:
            self._written += len(line)
