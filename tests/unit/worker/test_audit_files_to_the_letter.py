"""The audit's files follow the commits, whatever the disk, the clock and the ledger do."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.worker.audit_file import AuditFiles
from entraclaw_tui.worker.chain import link
from entraclaw_tui.worker.log import WorkerLog
from entraclaw_tui.worker.transaction import Transaction
from tests.support.audit_office import DAY, FIRST, KEYS, SECOND, Office


async def test_each_commit_is_a_line_at_once_and_nobody_else_reads_it(office: Office) -> None:
    old = os.umask(0)
    try:
        entries = await office.write(3)
    finally:
        os.umask(old)
    assert office.entries() == entries
    assert office.files.last == entries[-1]
    assert not office.behind()
    assert office.day().stat().st_mode & 0o777 == 0o600
    assert office.day().read_bytes().count(b"\n") == 3


async def test_a_file_that_others_may_read_is_closed_to_them(office: Office) -> None:
    office.day().touch()
    office.day().chmod(0o644)
    await office.write()
    assert office.day().stat().st_mode & 0o777 == 0o600


async def test_a_commit_without_an_entry_writes_nothing(office: Office) -> None:
    office.files.committed([])
    await office.ledger.change(lambda txn: txn.put_meta("x", "y"))
    assert office.names() == []


async def test_each_day_has_its_file_and_the_order_is_theirs(office: Office) -> None:
    await office.write(2)
    office.hands.now += DAY
    await office.write(2)
    office.hands.now -= DAY  # a clock that was set back
    await office.write()
    assert office.names() == [FIRST, SECOND]
    assert (office.numbers(FIRST), office.numbers(SECOND)) == ([1, 2], [3, 4, 5])
    last = await office.restart()
    assert last is not None
    assert last.seq == 5
    await office.files.catch_up(office.ledger)
    await office.write()
    assert office.numbers(SECOND) == [3, 4, 5, 6]
    assert await office.problem() == ""


async def test_one_file_is_open_at_a_time(office: Office) -> None:
    await office.write()
    first = office.files._descriptor
    await office.write()
    assert office.files._descriptor == first
    before = psutil.Process().num_fds()
    office.hands.now += DAY
    await office.write()
    assert psutil.Process().num_fds() == before
    assert not os.get_inheritable(office.files._descriptor)
    open_one = office.files._descriptor
    office.files.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(open_one)
    office.files.close()  # closed once is closed
    assert office.files._descriptor == -1


async def test_a_link_in_the_place_of_the_day_s_file_is_not_followed(office: Office) -> None:
    other = office.folder.parent / "other"
    other.touch()
    office.day().symlink_to(other)
    await office.write()
    assert other.read_bytes() == b""
    assert office.behind()
    assert office.told() == 1


# -- catching up


async def test_the_next_worker_goes_on_where_the_files_end(office: Office) -> None:
    await office.write(2)
    office.files.committed = lambda changes: None  # type: ignore[method-assign]  # it was killed
    missed = await office.write(2)
    last = await office.restart()
    assert last is not None
    assert (last.seq, office.files.last) == (2, last)
    assert office.behind()
    await office.files.catch_up(office.ledger)
    assert not office.behind()
    assert office.entries()[2:] == missed
    await office.files.catch_up(office.ledger)
    assert office.numbers() == [1, 2, 3, 4]


async def test_more_than_a_thousand_entries_are_caught_up_with(office: Office) -> None:
    office.files.committed = lambda changes: None  # type: ignore[method-assign]  # none is heard

    def many(txn: Transaction) -> None:
        for _ in range(1003):
            txn.audit("asked", "r_1")

    await office.ledger.change(many)
    await office.restart()
    await office.files.catch_up(office.ledger)
    assert office.numbers() == list(range(1, 1004))


async def test_a_row_that_somebody_deleted_stops_the_files_there_and_no_worker(
    office: Office,
) -> None:
    await office.write(3)
    office.day().unlink()
    await office.restart()
    await office.ledger.change(
        lambda txn: txn._db.execute("DELETE FROM audit WHERE seq = 2").close()
    )
    async with asyncio.timeout(5):
        await office.files.catch_up(office.ledger)
    assert office.numbers() == [1]
    assert office.behind()


async def test_a_commit_while_it_catches_up_is_neither_lost_nor_written_twice(
    office: Office,
) -> None:
    await office.write(2)
    office.day().unlink()
    await office.restart()
    catching = asyncio.create_task(office.files.catch_up(office.ledger))
    await office.write(3)
    await catching
    await office.write()
    await office.settled()
    assert office.numbers() == [1, 2, 3, 4, 5, 6]
    assert not office.behind()


async def test_an_entry_that_was_caught_up_with_is_not_written_again(office: Office) -> None:
    entries = await office.write(2)
    office.files.committed(list(entries))
    assert office.numbers() == [1, 2]
    assert not office.behind()


async def test_a_gap_is_never_written_and_is_filled_by_the_next_commit(office: Office) -> None:
    heard = office.files.committed
    office.files.committed = lambda changes: None  # type: ignore[method-assign]  # this one is lost
    await office.write()
    office.files.committed = heard  # type: ignore[method-assign]
    await office.write()
    assert office.names() == []
    assert office.behind()
    await office.write()
    await office.settled()
    assert office.numbers() == [1, 2, 3]
    assert not office.behind()
    assert office.told() == 0


# -- trouble


async def test_a_full_disk_is_told_once_and_what_is_missing_comes_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        if descriptor != office.files._descriptor:
            return write(descriptor, data)
        return write(descriptor, data[: len(data) // 2])

    await office.write()
    whole = office.day().read_bytes()
    with monkeypatch.context() as full:
        full.setattr(os, "write", half)
        await office.write(2)
        await office.settled()
        assert office.day().read_bytes() == whole  # no half line stays
        assert office.behind()
        assert office.told() == 1
        assert "No space left" in (office.folder.parent / "worker.log").read_text()
    await office.write()
    await office.settled()
    assert office.numbers() == [1, 2, 3, 4]
    assert not office.behind()
    with monkeypatch.context() as full:
        full.setattr(os, "write", half)
        await office.write()
    assert office.told() == 2  # it was well again between the two


async def test_while_it_tries_again_no_second_try_begins(office: Office) -> None:
    await office.write()
    office.files.behind = True
    (one,) = await office.write()
    first = office.files._again
    assert first is not None
    office.files.behind = True
    office.files.committed([one])
    assert office.files._again is first
    await first
    office.files.behind = True
    office.files.committed([one])
    assert office.files._again is not first
    await office.settled()
    assert office.numbers() == [1, 2]


async def test_a_ledger_that_cannot_be_read_leaves_it_for_the_next_commit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(work: object) -> None:
        raise WireError(Code.STORAGE, "The worker cannot store anything.")

    await office.write()
    (one,) = await office.write()
    with monkeypatch.context() as trouble:
        trouble.setattr(office.ledger, "read", broken)
        with pytest.raises(WireError):
            await office.files.catch_up(office.ledger)
        assert office.behind()
        office.files.committed([one])
        await office.settled()  # raises nothing
        assert office.behind()
    await office.write()
    await office.settled()
    assert office.numbers() == [1, 2, 3]


async def test_before_its_ledger_is_known_it_waits(tmp_path: Path) -> None:
    files = AuditFiles(tmp_path, WorkerLog(tmp_path / "worker.log"))
    files.committed([link(KEYS.audit, "", 1, 1.0, "asked", "r", {})])
    assert files._again is None
    assert files.behind
    assert files.find_last() is None
    assert sorted(path.name for path in tmp_path.iterdir()) == []  # noqa: ASYNC240 - a test's own


async def test_a_file_that_is_a_hole_does_not_hold_the_start(office: Office) -> None:
    await office.write()
    await office.write()
    with office.day().open("ab") as file:
        file.truncate(1 << 40)
    assert await office.restart() is None
    assert "cannot be read" in await office.problem()


async def test_closing_ends_a_try(office: Office) -> None:
    await office.write()
    office.files.behind = True
    await office.write()
    trying = office.files._again
    assert trying is not None
    office.files.close()
    await asyncio.wait([trying])
    assert trying.cancelled()
