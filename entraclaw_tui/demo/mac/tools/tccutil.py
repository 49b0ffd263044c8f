"""tccutil: takes grants back."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from entraclaw_tui.demo.mac.lean import exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder


def main(mac: Folder, arguments: list[str]) -> int:
    """Run `reset SERVICE [BUNDLE_ID]`."""
    if len(arguments) not in (2, 3) or arguments[0] != "reset":
        sys.stderr.write("tccutil: Usage: tccutil reset SERVICE [BUNDLE_ID]\n")
        return 64
    service, client = arguments[1], "".join(arguments[2:])
    paths = [path for path in _databases(mac) if exists(path)]
    if client and not any(_known(path, client) for path in paths):
        # Rows keyed by a path are nothing that tccutil can name (OSStatus -10814).
        sys.stderr.write(
            f'tccutil: No such bundle identifier "{client}": The operation couldn\u2019t be '
            "completed. (OSStatus error -10814.)\n"
        )
        return 64
    for path in paths:
        _reset(path, service, client)
    what = f"{service} approval status for {client}" if client else service
    sys.stdout.write(f"Successfully reset {what}\n")
    return 0


def _databases(mac: Folder) -> list[str]:
    tail = "Library/Application Support/com.apple.TCC/TCC.db"
    return [mac.at(tail), f"{mac.home}/{tail}"]


def _known(path: str, client: str) -> bool:
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT 1 FROM access WHERE client = ? AND client_type = 0"
        return database.execute(query, (client,)).fetchone() is not None


def _reset(path: str, service: str, client: str) -> None:
    where, values = [], []
    if service != "All":
        where.append("service = ?")
        values.append("kTCCService" + service)
    if client:
        where.append("client = ? AND client_type = 0")
        values.append(client)
    with closing(sqlite3.connect(path, timeout=10.0)) as database, database:
        query = "DELETE FROM access WHERE " + (" AND ".join(where) or "1")  # noqa: S608
        database.execute(query, values)
