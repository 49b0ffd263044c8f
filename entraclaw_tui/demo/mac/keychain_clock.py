"""When a pretend keychain locks itself: so long after its last use, and when the Mac sleeps."""

from __future__ import annotations

import time

from entraclaw_tui.demo.mac.lean import FACTS, exists, read

TYPE_CHECKING = False
if TYPE_CHECKING:  # the security tool starts with this module
    import sqlite3

_TIMEOUT = "timeout="
ON_SLEEP = "lock-on-sleep"
"""The word of a policy that `show-keychain-info` prints first."""


def is_locked(database: sqlite3.Connection, path: str) -> bool:
    """Return whether the keychain is locked now; one whose time is over is locked by this look."""
    settings = dict(database.execute("SELECT name, value FROM settings"))
    if settings.get("locked") == "1":
        return True
    patience = seconds(settings.get("policy", ""))
    if patience is None or time.time() < float(settings.get("used", "0")) + patience / speed(path):
        return False
    _set(database, "locked", "1")
    return True


def used(database: sqlite3.Connection) -> None:
    """Note that the keychain was used: its time to lock begins anew."""
    _set(database, "used", repr(time.time()))


def seconds(policy: str) -> int | None:
    """Return after how many seconds without use a policy locks, None for never."""
    for word in policy.split():
        if word.startswith(_TIMEOUT):
            return int(word[len(_TIMEOUT) :].rstrip("s"))
    return None


def speed(path: str) -> float:
    """Return how many times faster the clocks of the Mac run that a file lies in."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if exists(f"{folder}/{FACTS}"):
            lines = read(f"{folder}/{FACTS}").decode("utf-8", "surrogateescape").splitlines()
            return float(dict(line.split("=", 1) for line in lines).get("speed", "1"))
    return 1.0


def _set(database: sqlite3.Connection, name: str, value: str) -> None:
    database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
