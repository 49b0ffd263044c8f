"""Somebody writes into the audit or the database: each time it is found, and nothing is granted."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.model.consent import Remember, State
from entraclaw_tui.worker import chain
from entraclaw_tui.worker.transaction import Transaction
from tests.support.fault_table import Rows
from tests.support.worker_stage import PIN, Hands, PretendLine, WorkerStage

TOGETHER = 100


@dataclass
class Vandal:
    """Changes one thing in the audit, in its files or in the database's own rows."""

    stage: WorkerStage
    chance: random.Random
    entries: int

    def anywhere(self) -> Callable[[], None]:
        """Change something; return what puts it back."""
        return self.in_a_file() if self.chance.random() < 0.5 else self.in_the_database()

    def in_a_file(self) -> Callable[[], None]:
        """Flip a bit, take lines out, swap two, or cut the end off."""
        path = self.chance.choice(sorted((self.stage.folder / "audit").iterdir()))
        data = path.read_bytes()
        lines = data.splitlines(keepends=True)
        at = self.chance.randrange(len(lines) - 1)
        match self.chance.randrange(4):
            case 0:
                changed = bytearray(data)
                changed[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
            case 1:
                changed = bytearray(b"".join(lines[:at] + lines[at + 1 :]))
            case 2:
                lines[at], lines[at + 1] = lines[at + 1], lines[at]
                changed = bytearray(b"".join(lines))
            case _:
                changed = bytearray(data[: self.chance.randrange(len(data))])
        path.write_bytes(changed)
        return lambda: _put_back(path, data)

    def in_the_database(self) -> Callable[[], None]:
        """The same with rows. It stays in an open transaction, which is then undone."""
        at = self.chance.randrange(1, self.entries)
        self._run("BEGIN")
        match self.chance.randrange(4):
            case 0:
                self._flip(self.chance.choice(("at", "event", "subject", "detail", "chain")), at)
            case 1:
                self._run("DELETE FROM audit WHERE seq = ?", at)
            case 2:
                self._run("UPDATE audit SET seq = -1 WHERE seq = ?", at)
                self._run("UPDATE audit SET seq = seq - 1 WHERE seq = ?", at + 1)
                self._run("UPDATE audit SET seq = ? WHERE seq = -1", at + 1)
            case _:
                self._run("DELETE FROM audit WHERE seq >= ?", at)
        return self._undo

    def _undo(self) -> None:
        self._run("ROLLBACK")

    def _flip(self, column: str, at: int) -> None:
        value = self._run(f"SELECT {column} FROM audit WHERE seq = ?", at)  # noqa: S608
        if isinstance(value, float):
            value += 2.0 ** self.chance.randrange(-20, 20)
            self._run(f"UPDATE audit SET {column} = ? WHERE seq = ?", value, at)  # noqa: S608
            return
        text = bytearray(str(value).encode())
        if self.chance.random() < 0.1:
            text = bytearray("\N{SNOWMAN}".encode())
        else:
            text[self.chance.randrange(len(text))] ^= 1 << self.chance.randrange(8)
        change = f"UPDATE audit SET {column} = CAST(? AS TEXT) WHERE seq = ?"  # noqa: S608
        self._run(change, bytes(text), at)

    def _run(self, statement: str, *values: float | str | bytes) -> float | str | None:
        def work(connection: sqlite3.Connection) -> float | str | None:
            row = connection.execute(statement, values).fetchone()
            return row[0] if row else None

        return self.stage.engine.core.ledger._database.submit(work).result(10)


def _put_back(path: Path, data: bytes) -> None:
    path.write_bytes(data)


async def long_audit(stage: WorkerStage, hands: Hands, entries: int) -> int:
    """Let the worker write so many entries, over three days; return the newest one's number."""

    def some(txn: Transaction) -> int:
        for number in range(TOGETHER):
            entry = txn.audit("asked", f"r_{number}", client="notes", scopes="User.Read", pid="7")
        return entry.seq

    newest = 0
    while newest < entries:
        newest = await stage.engine.core.ledger.change(some)
        hands.pass_by(3 * 86_400 * TOGETHER / entries)
    return newest


@pytest.mark.parametrize(
    ("entries", "times"),
    [
        pytest.param(500, 60, id="short"),
        pytest.param(10_000, 1000, id="long", marks=pytest.mark.fault),
    ],
)
async def test_every_tampering_with_the_audit_is_found(
    folder: Path, table: Rows, entries: int, times: int
) -> None:
    hands = Hands()
    stage = WorkerStage(folder, hands=hands)
    await stage.start()
    newest = await long_audit(stage, hands, entries)
    vandal = Vandal(stage, random.Random(18), newest)
    verify = stage.engine.housekeeping.verify
    start = time.monotonic()
    clean = await verify()
    rate = 2 * clean.entries / (time.monotonic() - start)  # in the database, and in the files
    assert (clean.ok, clean.entries) == (True, newest)
    missed = []
    for number in range(times):
        put_back = vandal.anywhere()
        if (await verify()).ok:
            missed.append(number)
        put_back()
    assert (await verify()).ok
    table(f"tamperings with an audit of {newest:,} entries, found", times - len(missed), times)
    table("entries read and verified a second, database and files", round(rate))
    table("entries verified a second, the chain alone", chain_rate(stage), ">= 50,000")
    assert missed == []
    await stage.stop()


def chain_rate(stage: WorkerStage) -> int:
    key, before, entries = stage.engine.core.keys.audit, "", []
    for seq in range(1, 10_001):
        detail = {"client": "notes", "scopes": "User.Read", "pid": "7"}
        entries.append(chain.link(key, before, seq, float(seq), "asked", f"r{seq}", detail))
        before = entries[-1].chain
    check = chain.Check(key)
    start = time.perf_counter()
    check.take(entries)
    assert check.entries == len(entries)
    return round(len(entries) / (time.perf_counter() - start))


@pytest.mark.parametrize(
    "grants",
    [pytest.param(10, id="short"), pytest.param(100, id="long", marks=pytest.mark.fault)],
)
async def test_edited_grants_and_an_old_database_open_nothing(
    folder: Path, table: Rows, grants: int
) -> None:
    stage = WorkerStage(folder)
    await stage.start()
    lines = [PretendLine(f"c{number}") for number in range(grants)]
    session = stage.unlocked()
    for line in lines:
        asked = await stage.ask(line)
        await stage.allow(session, asked.request_id, proof=PIN, remember=Remember.HOUR)
        await stage.settled(line, asked.request_id)
        await stage.collect(line, asked.request_id)
    shutil.copytree(folder, folder.with_name(f"{folder.name}-old"))
    old = folder.with_name(f"{folder.name}-old")
    await stage.crash()
    edit_all(folder / "state.db", random.Random(19))
    await stage.start()
    ignored = [(await stage.ask(line)).state is State.PENDING for line in lines]
    table("grants edited in the database, ignored", sum(ignored), grants)
    assert all(ignored)
    assert stage.engine.broken_seals == grants

    # The database as it was when all grants were live; the worker was killed, so the Keychain
    # may not know the newest entries. The audit's files do.
    await stage.engine.housekeeping.revoke_all("panel")
    await stage.crash()
    for name in ("state.db", "state.db-wal"):
        (folder / name).unlink(missing_ok=True)
        if (old / name).exists():
            shutil.copyfile(old / name, folder / name)
    shutil.rmtree(old)
    await stage.start()
    closed = [(await stage.ask(line)).state is State.PENDING for line in lines]
    table("grants of an old database that was put back, ignored", sum(closed), grants)
    table("old databases noticed", int(stage.engine.cut_short), 1)
    assert stage.engine.cut_short
    assert all(closed)
    await stage.stop()


def edit_all(path: Path, chance: random.Random) -> None:
    """Make every grant longer, wider, another program's, or sealed with something else."""
    connection = sqlite3.connect(path)
    for id, body in connection.execute("SELECT id, body FROM grants").fetchall():
        grant = msgspec.json.decode(body)
        match chance.randrange(4):
            case 0:
                grant["expires_at"] += 3600
            case 1:
                grant["scopes"] = ["Mail.Send"]
            case 2:
                grant["identity"] = "signed:TEAM:example.contoso.other"
            case _:
                seal = chance.choice(("0" * 64, "\N{SNOWMAN}" * 64, ""))
                connection.execute("UPDATE grants SET seal = ? WHERE id = ?", (seal, id))
                continue
        changed = chance.choice((msgspec.json.encode(grant), b"\xff" + body))
        connection.execute("UPDATE grants SET body = ? WHERE id = ?", (changed, id))
    connection.commit()
    connection.close()
