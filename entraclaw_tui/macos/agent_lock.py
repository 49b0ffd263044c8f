"""One command at a time drives the agent's job: two would undo each other's steps."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from types import TracebackType
from typing import Self

import msgspec

from entraclaw_tui.macos.agent_steps import Verb
from entraclaw_tui.macos.places import Places

_TRIES = 5
_HOLDER_LIMIT = 512


class Holder(msgspec.Struct, frozen=True):
    """Who has the lock."""

    pid: int
    verb: Verb
    since: float


class Busy(Exception):
    """Another command drives the job. The message says which, for a person."""


class AgentLock:
    """The lock of one command, as a context manager. The kernel gives it back whatever happens.

    The file is taken away at the end, so that an uninstallation leaves nothing behind. Raises Busy
    where another command has it, OSError where the file cannot be made.
    """

    def __init__(self, places: Places, verb: Verb) -> None:
        self._path = places.agent_lock
        self._verb = verb
        self._descriptor = -1
        self._made_folder = False

    def __enter__(self) -> Self:
        folder = self._path.parent
        self._made_folder = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(_TRIES):
            if self._take():
                return self
        raise Busy("Another command drives the agent's job just now.")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Removed while it is held: whoever opened it before sees that it is no longer there.
        if self._in_place():
            with contextlib.suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)
        if self._made_folder:
            with contextlib.suppress(OSError):  # it stays where something is in it
                self._path.parent.rmdir()

    def _take(self) -> bool:
        """Take the lock; return False where the file went away meanwhile. Raises Busy."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(self._descriptor)
            os.close(self._descriptor)
            raise Busy(_words(holder)) from None
        if not self._in_place():
            os.close(self._descriptor)
            return False
        holder = Holder(os.getpid(), self._verb, time.time())
        with contextlib.suppress(OSError):  # on a full disk nobody can be told who it is
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, msgspec.json.encode(holder))
        return True

    def _in_place(self) -> bool:
        """Whether the file that we hold is still the one at its path."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.lstat())
        except OSError:
            return False


def _holder(descriptor: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, _HOLDER_LIMIT, 0), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None  # it has only just taken the lock


def _words(holder: Holder | None) -> str:
    if holder is None:
        return "Another command drives the agent's job just now."
    return f"`entraclaw-tui agent {holder.verb}` drives the job just now (pid {holder.pid})."
