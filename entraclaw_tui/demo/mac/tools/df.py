"""df -kP PATH: how much space a disk has left, as the pretend Mac says."""

from __future__ import annotations

import sys

from entraclaw_tui.demo.mac.lean import FREE_SPACE, exists, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_SIZE = 482_797_652
"""1024-byte blocks of the disk."""
_FREE = 96_468_992
"""Blocks that are free unless the file says another number of bytes."""


def main(mac: Folder, arguments: list[str]) -> int:
    """Print one line a path; the one form that is asked for here."""
    flags = {letter for one in arguments if one.startswith("-") for letter in one[1:]}
    paths = [one for one in arguments if not one.startswith("-")]
    if not {"k", "P"} <= flags or not paths:
        sys.stderr.write("df: only `-kP PATH` is played here\n")
        return 64
    try:
        free = int(read(mac.at(FREE_SPACE))) // 1024
    except FileNotFoundError:
        free = _FREE
    sys.stdout.write("Filesystem   1024-blocks      Used Available Capacity  Mounted on\n")
    status = 0
    for path in paths:
        if not exists(path):
            sys.stderr.write(f"df: {path}: No such file or directory\n")
            status = 1
            continue
        used = _SIZE - free
        full = -(-100 * used // _SIZE)
        sys.stdout.write(
            f"/dev/disk3s5 {_SIZE:12d} {used:9d} {free:9d} {full:7d}%   /System/Volumes/Data\n"
        )
    return status
