"""What a running program's file is: its digest and signature, read once for each file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.signature import CODESIGN, parse_codesign, read_signature
from entraclaw_tui.model.privacy import Signature

_REMEMBERED: Final = 256
_SIZE_LIMIT: Final = 1024 * 1024 * 1024
"""Bytes: a larger file is not read, and so has no identity."""


@dataclass(frozen=True, slots=True)
class Executable:
    """One file on the disk, as it was read."""

    digest: str
    """SHA-256, hex; empty where it could not be read."""
    signature: Signature
    anchored: bool = False
    """The signature's team is one that Apple vouches for: anybody can sign with any name."""


class Executables:
    """Reads digests on a thread and signatures by `codesign`; keeps them by device, inode, time."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: OrderedDict[tuple[str, tuple[int, ...]], Executable] = OrderedDict()
        self._turn = asyncio.Lock()

    async def read(self, pid: int, path: str) -> Executable:
        """Return what is known of the program at `path`, which `pid` runs. Never raises."""
        found = await self._read(f"/proc/{pid}/exe" if sys.platform == "linux" else path, path)
        if self._host.pretend or await self._runs(pid, found.signature):
            return found
        return Executable(found.digest, _doubtful(found.signature))

    async def read_file(self, path: str) -> Executable:
        """Return what is known of a program that need not run. Never raises."""
        return await self._read(path, path)

    async def _read(self, opened: str, path: str) -> Executable:
        try:
            stamp = _stamp(opened)
        except OSError:
            return Executable("", Signature(self._host.shown(path), "unverified"))
        async with self._turn:
            known = self._known.get((path, stamp))
            if known is not None:
                self._known.move_to_end((path, stamp))
                return known
            digest = await asyncio.to_thread(_digest, opened, stamp)
            signature = await self._signature(path)
            anchored = await self._anchored(path, signature)
            try:
                same = _stamp(path) == stamp  # what codesign read is what runs
            except OSError:
                same = False
            if not same:
                return Executable(digest, _doubtful(signature))
            found = Executable(digest, signature, anchored)
            if signature.status != "unverified":  # trouble may pass: ask again next time
                self._known[path, stamp] = found
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return found

    async def _signature(self, path: str) -> Signature:
        found = await read_signature(self._host, path)
        return msgspec.structs.replace(found, path=self._host.shown(path))

    async def _anchored(self, path: str, signature: Signature) -> bool:
        if signature.status != "valid" or not signature.team:
            return False
        if self._host.pretend:
            return True  # its codesign is ours
        if not signature.team.isalnum():
            return False
        wanted = f'anchor apple generic and certificate leaf[subject.OU] = "{signature.team}"'
        return await self._codesign("--verify", f"-R={wanted}", path) is not None

    async def _runs(self, pid: int, signature: Signature) -> bool:
        """Whether the code in memory is the code on the disk (codesign(1) takes `+pid`)."""
        if not signature.cdhash:
            return False
        told = await self._codesign("-dvvv", f"+{pid}")
        return told is not None and parse_codesign(told).cdhash == signature.cdhash

    async def _codesign(self, *arguments: str) -> str | None:
        try:
            ran = await self._host.run(CODESIGN, *arguments)
        except ToolError:
            return None
        if ran.exit != 0:
            return None
        return (ran.stderr + ran.stdout).decode("utf-8", "backslashreplace")


def _doubtful(signature: Signature) -> Signature:
    """Return a signature that may be another file's than the one that runs."""
    return Signature(signature.path, "unverified", signature.identifier)


def _stamp(path: str) -> tuple[int, ...]:
    status = Path(path).stat()
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size, status.st_ctime_ns)


def _digest(path: str, stamp: tuple[int, ...]) -> str:
    """Return SHA-256 of the file if it still is the one that was looked at."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != stamp[:2] or not stat.S_ISREG(status.st_mode):
            return ""
        if status.st_size > _SIZE_LIMIT:
            return ""
        try:
            return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""
