"""`audit export` prints what is there and says what is not, however large the files are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.cli.main import run
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import AuditEntry
from tests.support.bare_mac import bare_mac

SPARSE = 256 * 1024 * 1024


@pytest.fixture
def mac() -> Iterator[Host]:
    with bare_mac() as host:
        Places.of(host).audit_dir.mkdir(parents=True)
        yield host


def day(host: Host, name: str, seq: int) -> Path:
    path = Places.of(host).audit_dir / f"{name}.jsonl"
    path.write_bytes(msgspec.json.encode(AuditEntry(seq, 1.0, "asked", "r1", {}, "")) + b"\n")
    return path


def export(host: Host, capsys: pytest.CaptureFixture[str]) -> tuple[list[int], str]:
    assert run(["--root", str(host.root), "audit", "export"]) == 2
    printed, complained = capsys.readouterr()
    return [msgspec.json.decode(line)["seq"] for line in printed.splitlines()], complained


def test_a_file_with_a_hole_is_named_and_what_stands_before_it_is_printed(
    mac: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    day(mac, "2026-01-01", 1)
    os.truncate(day(mac, "2026-01-02", 2), SPARSE)
    printed, complained = export(mac, capsys)
    assert printed == [1, 2]
    assert "2026-01-02.jsonl cannot be read further: a line of it has more than" in complained


def test_a_line_that_is_too_long_hides_none_behind_it(
    mac: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    path = day(mac, "2026-01-01", 1)
    entry = path.read_bytes()
    path.write_bytes(entry + b"x" * 3_000_000 + b"\n" + entry.replace(b":1,", b":2,", 1))
    printed, complained = export(mac, capsys)
    assert printed == [1, 2]
    assert "1 line is no entry;" in complained
