"""Somebody else writes into the database, the Keychain or the disk: nothing is granted by it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import AuditEntry, Remember, State
from entraclaw_tui.worker import chain
from entraclaw_tui.worker.core import Core
from entraclaw_tui.worker.vault import VaultLocked
from tests.support.worker_stage import PIN, PretendLine, WorkerStage


async def granted(stage: WorkerStage, line: PretendLine) -> str:
    asked = await stage.ask(line)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)
    await stage.collect(line, asked.request_id)
    return asked.request_id


def edit(stage: WorkerStage, *statements: str) -> None:
    connection = sqlite3.connect(stage.folder / "state.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def rewrite(stage: WorkerStage, table: str, old: str, new: str, also: str) -> None:
    text = f"replace(CAST(body AS TEXT), '{old}', '{new}')"
    edit(stage, f"UPDATE {table} SET {also}, body=CAST({text} AS BLOB)")  # noqa: S608


async def again(tmp_path: Path, stage: WorkerStage, between: Callable[[], object]) -> WorkerStage:
    """Stop a worker, let somebody do something, start it again."""
    await stage.crash()
    between()
    await stage.start()
    return stage


@pytest.fixture
def fresh(tmp_path: Path) -> WorkerStage:
    return WorkerStage(tmp_path)


async def test_an_edited_approval_is_no_approval(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    asked = await fresh.ask(PretendLine())
    pending, approved = '"state":"pending"', '"state":"approved"'
    await again(
        tmp_path, fresh, lambda: rewrite(fresh, "requests", pending, approved, "state='approved'")
    )
    assert fresh.exchange.wishes == []
    assert fresh.engine.broken_seals == 1
    with pytest.raises(WireError) as refused:
        fresh.request(asked.request_id)
    assert refused.value.code is Code.NOT_FOUND
    await fresh.stop()


@pytest.mark.parametrize("field", ["resource", "expires_at", "identity", "scopes"])
async def test_an_edited_grant_opens_nothing(
    tmp_path: Path, fresh: WorkerStage, field: str
) -> None:
    await fresh.start()
    line = PretendLine()
    await granted(fresh, line)
    await again(
        tmp_path,
        fresh,
        lambda: rewrite(fresh, "grants", f'"{field}":', f'"{field}" :', "live=1"),
    )
    assert (await fresh.ask(line)).state is State.PENDING
    assert fresh.engine.broken_seals == 1
    await fresh.stop()


async def test_an_old_database_brings_no_grant_back(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    line = PretendLine()
    await granted(fresh, line)
    await fresh.stop()
    shutil.copy(tmp_path / "state.db", tmp_path / "old.db")
    await fresh.start()
    await fresh.engine.housekeeping.revoke_all("panel")
    await fresh.stop()
    shutil.copy(tmp_path / "old.db", tmp_path / "state.db")
    await fresh.start()
    assert fresh.engine.cut_short
    assert (await fresh.ask(line)).state is State.PENDING
    await fresh.stop()


@pytest.mark.parametrize("item", ["audit:v1", "pin:v1"])
async def test_without_its_keys_nothing_counts(
    tmp_path: Path, fresh: WorkerStage, item: str
) -> None:
    await fresh.start()
    line = PretendLine()
    await granted(fresh, line)
    fresh.pin = ""
    await again(tmp_path, fresh, lambda: fresh.keyring.items.pop(item))
    assert fresh.engine.desk.state == "damaged"
    asked = await fresh.ask(line)
    assert asked.state is State.PENDING
    with pytest.raises(WireError) as refused:
        await fresh.allow(fresh.unlocked(), asked.request_id, proof=PIN)
    assert refused.value.code is Code.NO_PIN
    await fresh.deny(fresh.session(), asked.request_id)
    await fresh.stop()


async def test_a_block_survives_a_broken_seal(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    line = PretendLine()
    await fresh.ask(line)
    await fresh.engine.housekeeping.block(line.facts.requester.identity, "panel")
    await again(
        tmp_path, fresh, lambda: edit(fresh, "UPDATE clients SET seal='00' || substr(seal, 3)")
    )
    with pytest.raises(WireError) as refused:
        await fresh.ask(line)
    assert refused.value.code is Code.BLOCKED
    await fresh.stop()


async def test_a_row_nested_without_end_stops_no_worker(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    await fresh.ask(PretendLine())
    body = '{"x":' + "[" * 100_000
    await again(
        tmp_path,
        fresh,
        lambda: edit(fresh, f"UPDATE clients SET body=CAST('{body}' AS BLOB)"),  # noqa: S608
    )
    assert fresh.engine.broken_seals == 1
    await fresh.stop()


async def test_a_changed_audit_is_found(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    await granted(fresh, PretendLine())
    await again(tmp_path, fresh, lambda: edit(fresh, "UPDATE audit SET detail='{}' WHERE seq=3"))
    verified = await fresh.engine.housekeeping.verify()
    assert (verified.ok, "3" in verified.problem) == (False, True)
    await fresh.stop()


async def test_a_shortened_audit_file_is_found(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    await granted(fresh, PretendLine())
    audit_lines(tmp_path, lambda lines: lines[:2] + lines[3:])
    verified = await fresh.engine.housekeeping.verify()
    assert not verified.ok
    assert "files" in verified.problem
    await fresh.stop()


async def test_files_of_another_history_are_found(tmp_path: Path, fresh: WorkerStage) -> None:
    """A database put back goes on with right seals: only beside the files it shows."""
    await fresh.start()
    await granted(fresh, PretendLine())
    verified = await fresh.engine.housekeeping.verify()
    assert verified.ok
    key, (file,) = fresh.engine.core.keys.audit, (tmp_path / "audit").iterdir()
    lines = [msgspec.json.decode(line, type=AuditEntry) for line in file.read_bytes().splitlines()]
    last, before = lines[-1], lines[-2].chain
    other = chain.link(key, before, last.seq, last.at, "denied", last.subject, last.detail)
    audit_lines(tmp_path, lambda old: [*old[:-1], msgspec.json.encode(other) + b"\n"])
    verified = await fresh.engine.housekeeping.verify()
    assert (verified.ok, "of the files" in verified.problem) == (False, True)
    await fresh.stop()


async def test_a_locked_keychain_starts_no_engine(fresh: WorkerStage) -> None:
    fresh.keyring.locked = True
    with pytest.raises(VaultLocked):
        await fresh.start()


async def test_a_keychain_that_locks_later_keeps_tokens_in_memory(fresh: WorkerStage) -> None:
    await fresh.start()
    line = PretendLine()
    asked = await fresh.ask(line)
    fresh.keyring.locked = True
    await fresh.allow(fresh.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    assert await fresh.settled(line, asked.request_id) is State.READY
    (token,) = fresh.engine.core.book.tokens()
    assert token.kept_in == "memory"
    fresh.keyring.locked = False
    await fresh.stop()


async def test_a_disk_that_fails_grants_nothing(fresh: WorkerStage) -> None:
    await fresh.start()
    line, session = PretendLine(), fresh.unlocked()
    await granted(fresh, line)
    asked = await fresh.ask(line, "profile")
    core = fresh.engine.core
    fail_writes(core, True)
    for step in (
        fresh.ask(line, "email"),
        fresh.allow(session, asked.request_id, proof=PIN),
        fresh.deny(session, asked.request_id),
        fresh.ask(line),
    ):
        with pytest.raises(WireError) as refused:
            await step
        assert refused.value.code is Code.STORAGE
    assert core.ledger.trouble
    assert fresh.request(asked.request_id).state is State.PENDING
    fail_writes(core, False)
    assert (await fresh.ask(line)).state is State.READY
    assert core.ledger.trouble == ""
    request = await fresh.allow(session, asked.request_id, proof=PIN)
    assert request.state is State.APPROVED
    await fresh.settled(line, asked.request_id)
    await fresh.stop()


def fail_writes(core: Core, on: bool) -> None:
    """Let SQLite refuse to write, as it does on a full or read-only disk."""
    core.ledger._database.submit(
        lambda connection: connection.execute(f"PRAGMA query_only={int(on)}")
    ).result(5)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def audit_lines(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    (file,) = (folder / "audit").iterdir()
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))


async def test_no_secret_reaches_the_disk(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    line = PretendLine()
    await granted(fresh, line)
    asked = await fresh.ask(line, "profile", user_assertion="canary-assertion", reason="why")
    await fresh.allow(fresh.unlocked(), asked.request_id, proof=PIN)
    await fresh.settled(line, asked.request_id)
    await fresh.stop()
    for name, data in everything(tmp_path).items():
        for secret in (b"token-1", b"token-2", b"canary-assertion", PIN.encode()):
            assert secret not in data, (name, secret)
    assert fresh.exchange.wishes[-1].user_assertion == "canary-assertion"
    assert "canary" not in repr(fresh.exchange.wishes[-1])


async def test_a_lost_assertion_fails_by_name(tmp_path: Path, fresh: WorkerStage) -> None:
    await fresh.start()
    line = PretendLine()
    asked = await fresh.ask(line, user_assertion="canary-assertion")
    await again(tmp_path, fresh, lambda: None)
    await fresh.allow(fresh.unlocked(), asked.request_id, proof=PIN)
    assert await fresh.settled(line, asked.request_id) is State.FAILED
    assert fresh.request(asked.request_id).outcome_code == "assertion_stale"
    assert fresh.exchange.wishes == []
    await fresh.stop()


def test_a_stored_row_covers_what_is_exchanged() -> None:
    from entraclaw_tui.worker.digest import Essence

    one = Essence("obo", "a", "t", "u", "r", ("s",), "i", "p", "")
    digests = {one.digest("r1"), one.digest("r2")}
    for name in one.__struct_fields__:
        changed = ("x",) if name == "scopes" else "x"
        digests.add(msgspec.structs.replace(one, **{name: changed}).digest("r1"))
    assert len(digests) == 2 + len(one.__struct_fields__)
