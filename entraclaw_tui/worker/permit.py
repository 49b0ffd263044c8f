"""Root's word that a PIN may be set without the old one: a file that root alone can make.

It names the terminals that `pin reset` ran on, so that a program that waits for the file to appear
cannot set a PIN of its own from another terminal.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final

import msgspec

from entraclaw_tui.macos.host import Host

FRESH: Final = 600.0
"""Seconds that a permit is good for."""
_LIMIT: Final = 4096
_FOLDER: Final = "/private/var/db/entraclaw"


class NoPermit(Exception):
    """There is no permit that counts. The message is for a person."""


class Permit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says."""

    format: int
    uid: int
    at: float
    nonce: str
    terminals: tuple[str, ...]


def place(host: Host) -> Path:
    """Return the permit's file for this account."""
    return host.path(f"{_FOLDER}/pin-reset.{host.uid}")


def owner_of(host: Host) -> int:
    """Return who must own the file: root; on a pretend Mac its folder's owner plays root."""
    return pretend_root(host) if host.pretend else 0


def pretend_root(host: Host) -> int:
    """Return the uid that stands in for root, on a pretend Mac alone."""
    if not host.pretend:
        raise ValueError("a real Mac has its own root")
    return host.root.stat(follow_symlinks=False).st_uid


def write(host: Host, terminals: tuple[str, ...], now: float) -> Permit:
    """Write the permit, in place of an older one. Raises OSError where this is not root."""
    path = place(host)
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    permit = Permit(1, host.uid, now, secrets.token_hex(16), terminals)
    draft = path.with_name(f"{path.name}.{permit.nonce}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        os.fchmod(descriptor, 0o644)
        os.write(descriptor, msgspec.json.encode(permit))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)
    return permit


def read(host: Host, terminal: str, now: float) -> Permit:
    """Return the permit, if it counts now for somebody at this terminal. Raises NoPermit."""
    path, owner = place(host), owner_of(host)
    _check_folders(host, path.parent, owner)
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(path, flags)
    except OSError:
        raise NoPermit("Nothing from root permits it.") from None
    try:
        status = os.fstat(descriptor)
        _check_owner(status, owner)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or status.st_size > _LIMIT:
            raise NoPermit("The permit is no file of its own.")
        data = os.read(descriptor, _LIMIT)
    finally:
        os.close(descriptor)
    try:
        permit = msgspec.json.decode(data, type=Permit)
    except (msgspec.MsgspecError, UnicodeError):
        raise NoPermit("The permit cannot be read.") from None
    if permit.format != 1 or permit.uid != host.uid:
        raise NoPermit("The permit is for another account.")
    if not (0.0 <= now - permit.at < FRESH and abs(status.st_mtime - permit.at) < FRESH):
        raise NoPermit("The permit is too old.")
    if not terminal or terminal not in permit.terminals:
        raise NoPermit("The permit is for another terminal.")
    return permit


def remove(host: Host) -> None:
    """Take the permit away, where that is allowed to this process."""
    with contextlib.suppress(OSError):
        place(host).unlink()


def _check_folders(host: Host, folder: Path, owner: int) -> None:
    """Whoever may rename a folder above the file may put another one there."""
    above = [folder, *folder.parents]
    for each in above[: above.index(host.root) + 1]:
        try:
            status = each.stat(follow_symlinks=False)
        except OSError:
            raise NoPermit("Nothing from root permits it.") from None
        if not stat.S_ISDIR(status.st_mode):
            raise NoPermit("A folder above the permit is a link.")
        _check_owner(status, owner)


def _check_owner(status: os.stat_result, owner: int) -> None:
    if status.st_uid != owner or status.st_mode & 0o022:
        raise NoPermit("The permit, or a folder above it, is not root's alone.")
