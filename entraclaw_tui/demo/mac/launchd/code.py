"""Which code launchd loaded a job with, and whether the program still is that code.

launchd keeps a lightweight code requirement from bootstrap. A program that was replaced since
dies with OS_REASON_CODESIGNING, and only loading the job again helps.
"""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.demo.mac import signatures
from entraclaw_tui.demo.mac.lean import Folder, write


class Requirements:
    """The code of each job, kept over restarts for those that say so in the file."""

    def __init__(self, root: Path, path: Path) -> None:
        self._mac = Folder(str(root))
        self._path = path
        self._kept = read_pairs(path)
        self._loaded: dict[str, str] = {}

    def remember(self, label: str, program: str, *, at_login: bool) -> None:
        """Note the code a job is loaded with; at login what was kept from before stays."""
        if not at_login and self._kept.pop(label, None) is not None:
            write_pairs(self._path, self._kept)
        self._loaded[label] = self._kept.get(label) or self._of(program)

    def changed(self, label: str, program: str) -> bool:
        """Return whether the program is another now than when the job was loaded.

        Code that nobody signed, then or now, binds nothing.
        """
        then, now = self._loaded.get(label, ""), self._of(program)
        return bool(then and now) and then != now

    def _of(self, program: str) -> str:
        signature = signatures.find(self._mac, program)
        return signature.cdhash if signature else ""


def read_pairs(path: Path) -> dict[str, str]:
    """Return the lines `NAME=VALUE` of a file, nothing where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_pairs(path: Path, pairs: dict[str, str]) -> None:
    """Write a file of lines `NAME=VALUE`."""
    write(str(path), "".join(f"{name}={value}\n" for name, value in pairs.items()).encode())
