"""What a killed worker left on the disk, held against all that it had acknowledged."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import Grant, State
from entraclaw_tui.worker import chain
from entraclaw_tui.worker.keys import Keys
from entraclaw_tui.worker.rows import StoredRequest
from entraclaw_tui.worker.transaction import Transaction
from tests.support.jottings import jotted

_ALL = 1_000_000
_CUT_SHORT = (State.EXCHANGING, State.READY)
"""Where a killed worker has the token in memory alone, or soon: it may exchange once more."""


@dataclass
class Autopsy:
    """Looks at the database of one pretend Mac after each death of its worker."""

    places: Places
    keys: Keys
    heard: Path
    """What clients were told (load_client.py)."""
    decided: Path
    """What deciders were told (decider.py)."""
    wishes: Path
    """What was exchanged (worker_process.py)."""
    folder: Path
    """For copies."""
    looked: int = 0
    acknowledged: int = 0
    decisions: int = 0
    exchanged: int = 0
    collected: int = 0
    broken: list[str] = field(default_factory=list)
    """What was found wrong."""
    live_grants: list[Grant] = field(default_factory=list)
    """Those that the newest death has left; each may exchange anew in the next life."""
    _by_grant: Counter[str] = field(default_factory=Counter)
    _cut_short: Counter[str] = field(default_factory=Counter)
    _states: dict[str, State] = field(default_factory=dict)
    _head: tuple[int, str] = (0, "")

    @property
    def cut_short(self) -> int:
        """How many exchanges, or deliveries of their tokens, a death has cut short."""
        return self._cut_short.total()

    def look(self) -> None:
        """Copy the database while no worker runs, and look at it. The worker is dead already."""
        with self._nobody_runs():
            told = (jotted(self.heard), jotted(self.decided), jotted(self.wishes))
            for suffix in ("", "-wal"):
                source = self.places.state_db.with_name(f"state.db{suffix}")
                copy = self.folder / f"copy.db{suffix}"
                copy.unlink(missing_ok=True)
                if source.exists():
                    shutil.copyfile(source, copy)
        connection = sqlite3.connect(self.folder / "copy.db", isolation_level=None)
        try:
            (state,) = connection.execute("PRAGMA integrity_check").fetchone()
            self._require(state == "ok", f"integrity: {state}")
            transaction = Transaction(connection, self.keys, 0.0)
            rows = {stored.request.id: stored for stored in transaction.requests(_ALL)}
            self.live_grants = [g for g in transaction.grants(0) if g.ended_at is None]
            self._look_at_audit(transaction)
        finally:
            connection.close()
        self._look_at_rows(rows, *told)
        self._by_grant.update(grant.scopes[0] for grant in self.live_grants)
        self._cut_short.update(
            id for id, stored in rows.items() if stored.request.state in _CUT_SHORT
        )
        self._states = {id: stored.request.state for id, stored in rows.items()}
        self.looked += 1

    def _nobody_runs(self) -> _Held:
        return _Held(self.places.run_dir / "lock")

    def _look_at_audit(self, transaction: Transaction) -> None:
        before, seq = transaction.audit_base()
        check = chain.Check(self.keys.audit, before, seq)
        entries = transaction.audit_entries(seq, _ALL)
        check.take(entries)
        self._require(not check.problem, f"audit: {check.problem}")
        known, text = self._head
        same = not known or (len(entries) >= known - seq and entries[known - seq - 1].chain == text)
        self._require(same, "audit: it was rolled back")
        self._head = (check.seq, check.newest)

    def _look_at_rows(
        self,
        rows: dict[str, StoredRequest],
        heard: list[list[str]],
        decided: list[list[str]],
        wishes: list[list[str]],
    ) -> None:
        collected = Counter(words[1] for words in heard if words[0] == "collected")
        may_be = self._by_grant.copy()
        for stored in rows.values():
            if stored.request.decision == "allow":
                most = 1 + self._cut_short[stored.request.id]
                may_be[stored.request.scopes[0].name] += most
        for words in heard:
            kind, request_id = words[0], words[1]
            self._require(kind not in ("forgot", "other"), f"a client heard {' '.join(words)}")
            self._require(request_id in rows, f"lost request {request_id}")
            if kind == "ended":
                state = _state(rows, request_id)
                self._require(state == words[2], f"{request_id} ended {words[2]}, and is {state}")
        for request_id, decision in decided:
            found = rows[request_id].request.decision if request_id in rows else "nothing"
            self._require(found == decision, f"lost decision {request_id}: {decision}, now {found}")
        for request_id, before in self._states.items():
            state = _state(rows, request_id)
            self._require(not before.final or state is before, f"{request_id} left {before}")
        for request_id, count in collected.items():
            state = _state(rows, request_id)
            self._require(count == 1, f"{request_id} was delivered {count} times")
            self._require(state is State.DELIVERED, f"{request_id} was delivered, and is {state}")
        for (scope,), count in Counter(map(tuple, wishes)).items():
            most = may_be[scope]
            self._require(most > 0, f"{scope} was exchanged without an approval")
            self._require(count <= most, f"{scope} was exchanged {count} times, not {most}")
        self.acknowledged = sum(words[0] == "asked" for words in heard)
        self.decisions, self.exchanged = len(decided), len(wishes)
        self.collected = len(collected)

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            self.broken.append(f"after {self.looked + 1} deaths: {what}")


def _state(rows: dict[str, StoredRequest], request_id: str) -> State | None:
    return rows[request_id].request.state if request_id in rows else None


class _Held:
    """The worker's own lock: while it is held here, no worker gets to the database."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> None:
        deadline = time.monotonic() + 10.0
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                # A tool that the worker was just starting may hold a copy for a moment.
                assert time.monotonic() < deadline, "somebody holds the worker's lock"
                time.sleep(0.001)

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
