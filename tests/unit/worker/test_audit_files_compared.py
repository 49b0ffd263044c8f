"""What a crash or somebody else left in the audit's files counts for nothing, and is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.worker.chain import Check, link
from entraclaw_tui.worker.transaction import Transaction
from tests.support.audit_office import DAY, KEYS, SECOND, Office


async def test_half_a_line_of_a_crash_is_cut_off(office: Office) -> None:
    await office.write(2)
    whole = office.day().read_bytes()
    office.day().write_bytes(whole + b'{"seq":3,"at"')
    last = await office.restart()
    assert last is not None
    assert last.seq == 2
    assert office.day().read_bytes() == whole
    office.day().write_bytes(b'{"seq":3')
    assert await office.restart() is None
    assert office.day().read_bytes() == b""


@pytest.mark.parametrize(
    "junk",
    [
        b"\n", b"[]\n", b"\xff\xfe\n", b"{}\n" * 60, b'{"x":' + b"[" * 100_000 + b"\n",
        b'{"seq":9223372036854775808,"at":1.0,"event":"a","subject":"b","detail":{},"chain":"c"}\n',
        b'{"seq":9007199254740992,"at":1.0,"event":"a","subject":"b","detail":{},"chain":"c"}\n',
        b'{"seq":0,"at":1.0,"event":"a","subject":"b","detail":{},"chain":"c"}\n',
        b'{ "seq":7,"at":1.0,"event":"a","subject":"b","detail":{},"chain":"c"}\n',
    ],
)  # fmt: skip
async def test_lines_that_no_worker_wrote_count_for_nothing(office: Office, junk: bytes) -> None:
    entries = await office.write(2)
    office.spoil(lambda lines: [*lines, junk])
    assert await office.restart() == entries[-1]
    await office.files.catch_up(office.ledger)
    await office.write()
    assert [seq for entry in _read(office) if (seq := entry.seq)] == [1, 2, 3]
    assert await office.problem() == ""


def _insert(row: str, at: float, txn: Transaction) -> None:
    txn._db.execute(row, (at,))


def _read(office: Office) -> list[AuditEntry]:
    return list(office.files._entries())


async def test_the_largest_number_that_a_worker_may_reach(office: Office) -> None:
    most = link(KEYS.audit, "", 2**53 - 1, 1.0, "asked", "r", {})
    office.day().write_bytes(msgspec.json.encode(most) + b"\n")
    assert await office.restart() == most


async def test_a_file_that_cannot_be_read_leaves_the_one_before(office: Office) -> None:
    (entry,) = await office.write()
    office.day(SECOND).mkdir()
    office.day("2027-01-17").touch()
    assert await office.restart() == entry


async def test_a_moment_that_no_calendar_has_stops_no_worker(office: Office) -> None:
    await office.write()
    await office.restart()
    row = "INSERT INTO audit SELECT max(seq) + 1, ?, 'x', 'y', '{}', 'z' FROM audit"
    for at in (1e300, float("inf"), -1e300):
        await office.ledger.change(partial(_insert, row, at))
    await office.files.catch_up(office.ledger)
    assert not office.behind()
    assert office.day().read_bytes().count(b"\n") == 4
    check = Check(KEYS.audit)
    check.take(await office.ledger.read(lambda txn: txn.audit_entries(0, 10)))
    assert check.problem == "Entry 2 was changed, or the one before it."
    office.day().unlink()
    await office.restart()
    await office.ledger.change(lambda txn: txn._db.execute("DELETE FROM audit WHERE seq = 1"))
    await office.ledger.change(lambda txn: txn._db.execute("UPDATE audit SET seq = seq - 1"))
    await office.files.catch_up(office.ledger)
    assert office.names() == ["1970-01-01"]


async def test_whole_files_are_as_the_database_says(office: Office) -> None:
    assert await office.problem() == ""
    await office.write(3)
    office.hands.now += DAY
    await office.write(2)
    assert await office.problem() == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines[1:], "The files begin with entry 2."),
        (lambda lines: [lines[0], *lines[2:]], "In the files: Entry 2 is missing."),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "The files begin with entry 2."),
        (lambda lines: lines[:-1], "The files end before entry 4."),
        (lambda lines: [], "The files end before entry 4."),
        (
            lambda lines: [*lines[:2], lines[2].replace(b"notes", b"other"), lines[3]],
            "In the files: Entry 3 was changed, or the one before it.",
        ),
        (
            lambda lines: [lines[0], lines[1].replace(b'"seq"', b' "seq"'), *lines[2:]],
            "In the files: Entry 2 is missing.",
        ),
    ],
)
async def test_what_somebody_did_to_the_files_is_said(
    office: Office, change: Callable[[list[bytes]], list[bytes]], words: str
) -> None:
    await office.write(4)
    office.spoil(change)
    assert await office.problem() == words


async def test_a_last_entry_of_another_history_is_found(office: Office) -> None:
    entries = await office.write(3)
    other = link(KEYS.audit, entries[1].chain, 3, entries[2].at, "denied", "r_1", {})
    office.spoil(lambda lines: [*lines[:2], msgspec.json.encode(other) + b"\n"])
    assert await office.problem() == "Entry 3 of the files is not that of the database."


async def test_a_database_that_lost_its_end_is_found(office: Office) -> None:
    await office.write(4)
    await office.ledger.change(lambda txn: txn._db.execute("DELETE FROM audit WHERE seq > 2"))
    assert await office.problem() == "The database ends before entry 4 of the files."


async def test_what_is_committed_while_it_compares_is_no_loss(office: Office) -> None:
    await office.write(2)
    check = Check(KEYS.audit)
    check.take(await office.ledger.read(lambda txn: txn.audit_entries(0, 10)))
    await office.write(2)
    assert await office.files.compare(KEYS.audit, office.ledger, check) == ""


async def test_a_file_that_cannot_be_opened_is_said(office: Office) -> None:
    await office.write()
    office.day(SECOND).mkdir()
    assert "cannot be read" in await office.problem()


@pytest.mark.parametrize("detail", ["junk", "[]", '{"client": "notes"}', '{"client":"other"}', ""])
async def test_a_changed_row_of_the_database_is_found_and_still_shown(
    office: Office, detail: str
) -> None:
    await office.write(2)
    write = "UPDATE audit SET detail = ? WHERE seq = 2"
    await office.ledger.change(lambda txn: txn._db.execute(write, (detail,)).close())
    entries = await office.ledger.read(lambda txn: txn.audit_entries(0, 10))
    check = Check(KEYS.audit)
    check.take(entries)
    assert (check.seq, check.problem) == (1, "Entry 2 was changed, or the one before it.")
    shown = {"client": "other"} if "other" in detail else {"unreadable": detail}
    assert entries[1].detail == shown
