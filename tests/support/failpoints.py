"""A worker that kills itself at a named step; the worker knows nothing of it.

usage: failpoints.py NAME PYTHON -B worker_process.py ROOT [SECONDS]

It runs worker_process.py in this very process, with the functions at the named step wrapped.
`names()` returns the steps, in the order of a request's life.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

COMMITTED: Final = (
    "pending", "approved", "exchanging", "ready", "delivered", "denied", "cancelled", "failed",
    "granted", "grant ended", "asked again", "used", "started", "stopped",
)  # fmt: skip
"""What is written in a transaction; each is a step before and one after its commit."""
_OTHERS: Final = (
    "before the exchange", "in the exchange", "after the exchange",
    "before the Keychain keeps a token", "after the Keychain keeps a token",
    "before the Keychain forgets a token", "after the Keychain forgets a token",
    "before an audit line is exported", "in an audit line", "after an audit line is exported",
    "before anybody is told of a commit", "after all are told of a commit",
    "before a token is handed out",
    "at start, with its keys", "at start, with its database open",
    "at start, before it reads the audit's files", "at start, before old rows go",
    "at start, before it looks for foreign changes", "at start, before it catches up",
    "at the end, before the audit's head is noted", "at the end, after the audit's head is noted",
    "at the end, before the last checkpoint", "at the end, after the last checkpoint",
)  # fmt: skip


def names() -> list[str]:
    """Return every step at which the worker can be made to die."""
    commits = [f"{when} {what} is committed" for what in COMMITTED for when in ("before", "after")]
    return commits + list(_OTHERS)


class Failpoint:
    """The one step at which this process ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.written: set[str] = set()
        """What the transaction under way writes."""

    def reach(self, name: str) -> None:
        """Die here, if this is the step."""
        if name == self._name:
            os.kill(os.getpid(), signal.SIGKILL)

    def reach_commit(self, when: str) -> None:
        """Die at a commit of what the step names."""
        for what in self.written:
            self.reach(f"{when} {what} is committed")

    def around(self, owner: object, name: str, before: str, after: str = "") -> None:
        """Make what happens before and after a plain function two steps."""
        inner: Callable[..., object] = getattr(owner, name)

        def outer(*given: object, **named: object) -> object:
            self.reach(before)
            result = inner(*given, **named)
            self.reach(after)
            return result

        setattr(owner, name, outer)

    def around_later(self, owner: object, name: str, before: str, after: str = "") -> None:
        """The same for a coroutine function."""
        inner: Callable[..., Any] = getattr(owner, name)

        async def outer(*given: object, **named: object) -> object:
            self.reach(before)
            result: object = await inner(*given, **named)
            self.reach(after)
            return result

        setattr(owner, name, outer)

    def around_tokens(self, owner: object, name: str, before: str, after: str) -> None:
        """The same for a keyring's function, where it is about a token."""
        inner: Callable[..., object] = getattr(owner, name)

        def outer(keyring: object, service: str, account: str, *more: str) -> object:
            about = account.startswith("token:")
            self.reach(before if about else "")
            result = inner(keyring, service, account, *more)
            self.reach(after if about else "")
            return result

        setattr(owner, name, outer)


def _watch_commits(point: Failpoint) -> None:
    from entraclaw_tui.worker.transaction import Transaction

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                point.written.clear()
            closing = sql == "PRAGMA wal_checkpoint(TRUNCATE)"
            if sql == "COMMIT":
                point.reach_commit("before")
            point.reach("at the end, before the last checkpoint" if closing else "")
            found = super().execute(sql, *given)
            point.reach("at the end, after the last checkpoint" if closing else "")
            if sql == "COMMIT":
                point.reach_commit("after")
            return found

    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, factory=Connection, **named)  # type: ignore[assignment]
    put_request, put_grant, audit = (
        Transaction.put_request,
        Transaction.put_grant,
        Transaction.audit,
    )

    def note_request(self: Transaction, stored: Any) -> None:
        again = stored.request.state == "pending" and stored.request.merged
        point.written.add("asked again" if again else str(stored.request.state))
        put_request(self, stored)

    def note_grant(self: Transaction, grant: Any) -> None:
        if grant.ended_at is not None:
            point.written.add("grant ended")
        elif not grant.uses:
            point.written.add("granted")
        put_grant(self, grant)

    def note_audit(self: Transaction, event: str, subject: str, **detail: str) -> Any:
        if event in ("used", "started", "stopped"):
            point.written.add(event)
        return audit(self, event, subject, **detail)

    Transaction.put_request = note_request  # type: ignore[assignment, method-assign]
    Transaction.put_grant = note_grant  # type: ignore[assignment, method-assign]
    Transaction.audit = note_audit  # type: ignore[method-assign]


def _watch_files(point: Failpoint) -> None:
    from entraclaw_tui.worker import audit_file

    write = os.write

    class Half:
        """The `os` of the module that exports the audit: it can stop within a line."""

        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        def write(self, descriptor: int, data: bytes) -> int:
            point.reach("before an audit line is exported")
            half = write(descriptor, data[: len(data) // 2])
            point.reach("in an audit line")
            rest = write(descriptor, data[half:])
            point.reach("after an audit line is exported")
            return half + rest

    setattr(audit_file, "os", Half())  # noqa: B010  # the module does not export it


def _watch(point: Failpoint) -> None:
    from entraclaw_tui.demo.mac.backend import PretendKeyring
    from entraclaw_tui.worker import asks, head, keys
    from entraclaw_tui.worker.audit_file import AuditFiles
    from entraclaw_tui.worker.ledger import Ledger
    from entraclaw_tui.worker.transaction import Transaction
    from tests.support import worker_process

    _watch_commits(point)
    _watch_files(point)
    exchange = worker_process.WrittenExchange
    point.around_later(exchange, "obtain", "before the exchange", "after the exchange")
    point.around(worker_process, "jot", "", "in the exchange")
    keeps, forgets = "the Keychain keeps a token", "the Keychain forgets a token"
    point.around_tokens(PretendKeyring, "set_password", f"before {keeps}", f"after {keeps}")
    point.around_tokens(PretendKeyring, "delete_password", f"before {forgets}", f"after {forgets}")
    told = "before anybody is told of a commit", "after all are told of a commit"
    point.around(Ledger, "_deliver", *told)
    point.around(asks, "_result", "before a token is handed out")
    point.around_later(keys, "load", "", "at start, with its keys")
    point.around_later(Ledger, "open", "", "at start, with its database open")
    point.around(AuditFiles, "find_last", "at start, before it reads the audit's files")
    point.around(Transaction, "prune", "at start, before old rows go")
    foreign = "at start, before it looks for foreign changes"
    point.around(Transaction, "broken_seals", foreign)
    point.around_later(AuditFiles, "catch_up", "at start, before it catches up")
    noted = "the audit's head is noted"
    point.around_later(
        head.Head, "note", f"at the end, before {noted}", f"at the end, after {noted}"
    )


def main() -> int:
    from tests.support import worker_process

    name, _python, _flag, *sys.argv = sys.argv[1:]
    _watch(Failpoint(name))
    return worker_process.main()


if __name__ == "__main__":
    sys.exit(main())
