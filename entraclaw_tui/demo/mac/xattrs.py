"""The extended attributes of a pretend Mac's files, kept in a file of its own.

The machine below may have none, or lose them with a copy.
"""

from __future__ import annotations

import os

from entraclaw_tui.demo.mac.lean import XATTRS, Folder, read, write

TYPE_CHECKING = False
if TYPE_CHECKING:  # the xattr tool starts with this module
    from entraclaw_tui.demo.mac.activation import HasRoot

QUARANTINE = "com.apple.quarantine"
"""The mark of a file that a browser or mail program brought."""


def names(mac: Folder, path: str) -> dict[str, bytes]:
    """Return a file's attributes, in the order they were set."""
    wanted = os.path.abspath(path)  # noqa: PTH100
    return {name: value for where, name, value in _load(mac) if where == wanted}


def put(mac: Folder, path: str, name: str, value: bytes) -> None:
    """Set one attribute."""
    wanted = os.path.abspath(path)  # noqa: PTH100
    rows = [row for row in _load(mac) if row[:2] != (wanted, name)]
    _store(mac, [*rows, (wanted, name, value)])


def take(mac: Folder, path: str, name: str = "") -> bool:
    """Take one attribute away, or all; False where there was none."""
    wanted = os.path.abspath(path)  # noqa: PTH100
    rows = _load(mac)
    kept = [row for row in rows if row[0] != wanted or name not in ("", row[1])]
    _store(mac, kept)
    return len(kept) < len(rows)


def quarantine(host: HasRoot, path: str) -> None:
    """Mark a file as one that Safari brought."""
    put(Folder(str(host.root)), path, QUARANTINE, b"0083;68b6a0f2;Safari;")


def _load(mac: Folder) -> list[tuple[str, str, bytes]]:
    try:
        lines = read(mac.at(XATTRS)).decode("utf-8", "surrogateescape").splitlines()
    except FileNotFoundError:
        return []
    rows = (line.split("\t") for line in lines)
    return [(path, name, bytes.fromhex(value)) for path, name, value in rows]


def _store(mac: Folder, rows: list[tuple[str, str, bytes]]) -> None:
    text = "".join(f"{path}\t{name}\t{value.hex()}\n" for path, name, value in rows)
    write(mac.at(XATTRS), text.encode("utf-8", "surrogateescape"))
