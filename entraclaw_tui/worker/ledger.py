"""The ledger: what is committed, and what of it is told to the rest of the worker.

Whoever changes something waits for the commit. Its changes reach the listeners in the order of
the commits, before whoever waits goes on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.text import clean
from entraclaw_tui.worker.clock import Clock
from entraclaw_tui.worker.database import Database, DatabaseError
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.rows import Change
from entraclaw_tui.worker.transaction import Transaction

T = TypeVar("T")


class Ledger:
    """The one writer."""

    def __init__(self, path: Path, keys: Keys, clock: Clock) -> None:
        self._database = Database(path)
        self._keys = keys
        self._clock = clock
        self._listeners: list[Callable[[list[Change]], None]] = []
        self._trouble_listeners: list[Callable[[], object]] = []
        self.trouble = ""
        """Why the last write failed; empty where it did not."""

    async def open(self) -> None:
        """Open the database. Raises DatabaseError."""
        await asyncio.wrap_future(self._database.open())

    @property
    def moved_aside(self) -> Path | None:
        """Where a damaged database was put."""
        return self._database.moved_aside

    def listen(self, listener: Callable[[list[Change]], None]) -> None:
        """Hear of every commit's changes, on the loop."""
        self._listeners.append(listener)

    def on_trouble(self, listener: Callable[[], object]) -> None:
        """Hear when `trouble` begins or ends, on the loop."""
        self._trouble_listeners.append(listener)

    async def change(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction and return its result once it is on the disk.

        What `work` raises undoes everything and comes out here. Raises WireError `storage` where
        the database fails: then nothing has happened.
        """
        loop = asyncio.get_running_loop()
        landed: asyncio.Future[T] = loop.create_future()
        now = self._clock.wall()

        def run(connection: sqlite3.Connection) -> tuple[T, list[Change]]:
            transaction = Transaction(connection, self._keys, now)
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(transaction)
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
            return result, transaction.changes

        def deliver(done: Future[tuple[T, list[Change]]]) -> None:
            loop.call_soon_threadsafe(self._deliver, done, landed)

        self._database.submit(run).add_done_callback(deliver)
        # Shielded by nature: a caller that goes away does not stop the commit or its telling.
        return await landed

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads, and return its result."""

        def run(connection: sqlite3.Connection) -> T:
            return work(Transaction(connection, self._keys, 0.0))

        try:
            return await asyncio.wrap_future(self._database.submit(run))
        except (sqlite3.Error, DatabaseError) as error:
            raise _refusal(error) from None

    async def close(self) -> None:
        """Write everything into the file and close it."""
        await asyncio.to_thread(self._database.close)

    def _deliver(self, done: Future[tuple[T, list[Change]]], landed: asyncio.Future[T]) -> None:
        error = done.exception()
        if error is None:
            self._set_trouble("")
            result, changes = done.result()
            if changes:
                for listener in self._listeners:
                    listener(changes)
            if not landed.done():
                landed.set_result(result)
            return
        if isinstance(error, sqlite3.Error | DatabaseError):
            self._set_trouble(clean(str(error), 200))
            error = _refusal(error)
        if not landed.done():
            landed.set_exception(error)

    def _set_trouble(self, trouble: str) -> None:
        if bool(trouble) == bool(self.trouble):
            return
        self.trouble = trouble
        for listener in self._trouble_listeners:
            listener()


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _refusal(error: Exception) -> WireError:
    return WireError(
        Code.STORAGE,
        f"The worker cannot store anything: {clean(str(error), 200)}.",
        "Look at the free space and the rights of ~/.config/entraclaw.",
        5.0,
    )
