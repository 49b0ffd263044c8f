"""Save lines to a file of its own: for the person alone, never over another, never by a link."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from entraclaw_tui.dashboard.logs.ring import Kept
from entraclaw_tui.dashboard.logs.rows import moment
from entraclaw_tui.text import clean

LONGEST = 64 * 1024
"""Characters of a line that are saved."""
_TRIES = 100


def save(folder: Path, lines: Sequence[Kept], head: str, now: float) -> Path:
    """Write lines as text to a new file in `folder` and return its path.

    The folder is made 0700 where it is missing, the file 0600. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = time.strftime("logs-%Y%m%d-%H%M%S", time.localtime(now))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    for number in range(_TRIES):
        path = folder / (f"{stem}-{number + 1}.txt" if number else f"{stem}.txt")
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"# {clean(head, 500)}\n")
            file.writelines(f"{text_of(kept)}\n" for kept in lines)
        return path
    raise FileExistsError(f"{stem}.txt and {_TRIES - 1} more like it are there already")


def text_of(kept: Kept) -> str:
    """Return a line as text: time, origin, level, message."""
    log = kept.log
    head = f"{moment(kept)}  {log.origin:<9}  {log.level:<7}"
    return clean(f"{head}  {log.message}", LONGEST)
