"""A recording's file: for the person alone, whole after a crash, capped, and named when damaged."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from entraclaw_tui.dashboard.replay.entries import Lines, Told
from entraclaw_tui.dashboard.replay.reading import Damaged, check
from entraclaw_tui.dashboard.replay.recording import Recording
from entraclaw_tui.dashboard.replay.withheld import Door
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.model.log import LogLine
from tests.support.panel import NOW, Clock, host, snapshot

LINE = LogLine(NOW, "worker", "info", "something happened")


def begin(path: Path, clock: Clock | None = None) -> Recording:
    return Recording.of_panel(path, host(), clock or Clock(), (80, 24))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bug.jsonl"


def test_it_is_for_the_person_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        begin(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_never_takes_another_file_s_place(path: Path, tmp_path: Path) -> None:
    path.write_text("a letter")
    with pytest.raises(FileExistsError):
        begin(path)
    link = tmp_path / "link.jsonl"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        begin(link)
    assert path.read_text() == "a letter"
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_said_is_in_the_file_at_once(path: Path) -> None:
    clock = Clock()
    recording = begin(path, clock)
    clock.at = NOW + 5
    recording._heard(WorkerView(True, "", snapshot(), clock.at))
    recording._lines([LINE])
    found = check(path)  # nobody has closed it
    assert (found.entries, found.last, found.why) == (2, NOW + 5, "killed")
    told, lines = (entry for _, entry in found.play())
    assert isinstance(told, Told)
    assert told.snapshot == snapshot()
    assert lines == Lines(NOW + 5, (LINE,))
    recording.close()
    assert check(path).why == "left"


def test_half_a_line_at_the_end_is_no_damage(path: Path) -> None:
    recording = begin(path)
    recording._lines([LINE])
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[1][:30])
    assert check(path).entries == 1


def test_it_stops_at_its_size_and_says_so(path: Path) -> None:
    clock = Clock()
    recording = Recording(path, clock, Door(), cap=20_000)
    for _ in range(300):
        recording._lines([LINE])
    assert "is full" in str(recording)
    size = path.stat().st_size
    assert 19_000 < size <= 20_000
    assert msgspec.json.decode(path.read_bytes().splitlines()[-1])["why"] == "full"
    recording._lines([LINE])
    recording.close()
    assert path.stat().st_size == size


def test_a_full_disk_ends_it_with_whole_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = begin(path)
    recording._lines([LINE])
    before = path.read_bytes()
    write = os.write

    def half(file: int, data: bytes) -> int:
        if len(data) > 20:
            return write(file, bytes(data[:20]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    recording._lines([LINE])
    recording._lines([LINE])
    recording.close()
    assert str(recording) == "recording ended: No space left on device"
    assert path.read_bytes() == before


def damage(path: Path, change: bytes) -> None:
    recording = begin(path)
    recording._lines([LINE])
    recording.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], change, *lines[2:]]))


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"{\n", "line 3 is damaged"),
        (b'{"type":"dance","at":1}\n', "line 3 is damaged: Invalid value 'dance'"),
        (b'{"type":"log","at":1e300,"lines":[]}\n', "line 3 is damaged"),
        (b'{"type":"source","at":1,"name":"moods","says":{}}\n', "line 3 tells of a source nobody"),
        (b'{"type":"source","at":1,"name":"job","says":{"type":"loaded"}}\n', "line 3 is damaged"),
        (b"\xff\xfe\x00\n", "line 3 is damaged"),
        (
            b'{"type":"log","at":1,"lines":[{"at":1e300,"origin":"o","level":"l","message":"m"}]}\n',
            "line 3 has absurd numbers",
        ),
        (b"[" * 100_000 + b"\n", "line 3 is damaged"),
    ],
    ids=["cut", "kind", "time", "source", "value", "bytes", "absurd", "deep"],
)
def test_damage_is_named_by_its_line(path: Path, line: bytes, cause: str) -> None:
    damage(path, line)
    with pytest.raises(Damaged, match=cause):
        check(path)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"", "is no recording"),
        (b"Dear diary\n", "is no recording"),
        (b'{"at": 3}\n', "is no recording"),
        (b'{"entraclaw_recording": 2, "new": true}\n', "newer version .format 2; this one reads 1"),
        (b'{"entraclaw_recording": 1}\n', "line 1 is damaged"),
    ],
)
def test_what_is_no_recording_is_told_why(path: Path, text: bytes, cause: str) -> None:
    path.write_bytes(text)
    with pytest.raises(Damaged, match=cause):
        check(path)


def test_a_pipe_or_a_folder_is_no_recording(path: Path, tmp_path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(Damaged, match="is no file"):
        check(path)
    with pytest.raises((Damaged, OSError)):
        check(tmp_path)
