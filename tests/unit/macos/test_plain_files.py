"""What lies where a file belongs is read only where it is one: a FIFO would wait for ever."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos import plain_files
from entraclaw_tui.macos.plain_files import LINE, lines_back, lines_of, open_plain, read_plain


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    with pytest.raises(OSError, match="not a plain file"):
        read_plain(tmp_path / "config.toml")


@pytest.mark.parametrize("what", ["/dev/zero", "/dev/null", "/"])
def test_devices_and_folders_are_refused(what: str) -> None:
    with pytest.raises(OSError, match="not a plain file"):
        open_plain(Path(what))


def test_a_missing_one_is_told_as_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "config.toml")


def test_no_more_is_read_than_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"0123456789")
    assert read_plain(path, 10) == b"0123456789"
    with pytest.raises(OSError, match="larger than 9 bytes"):
        read_plain(path, 9)


def test_a_link_is_followed_only_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"here")
    (tmp_path / "link").symlink_to("there")
    assert read_plain(tmp_path / "link") == b"here"
    with pytest.raises(OSError, match="symbolic"):
        open_plain(tmp_path / "link", flags=os.O_NOFOLLOW)


def test_nothing_stays_open_of_what_was_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    before = len([*Path("/dev/fd").iterdir()])
    for _ in range(20):
        with pytest.raises(OSError, match="plain"):
            open_plain(tmp_path / "fifo")
    assert len([*Path("/dev/fd").iterdir()]) == before


def test_lines_come_whole_and_a_very_long_one_hides_none_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "2026-01-01.jsonl"
    exact = b"e" * (LINE - 1) + b"\n"
    path.write_bytes(b"first\n\n" + exact + b"x" * (3 * LINE + 5) + b"\nlast\nunended")
    with open_plain(path) as file:
        assert list(lines_of(file)) == [
            *(b"first\n", b"\n", exact, b"x" * LINE, b"last\n", b"unended")
        ]


def test_a_hole_without_end_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "2026-01-01.jsonl"
    path.write_bytes(b"first\n")
    os.truncate(path, 1 << 40)
    with open_plain(path) as file:
        lines = lines_of(file)
        assert next(lines) == b"first\n"
        assert len(next(lines)) == LINE
        with pytest.raises(OSError, match="more than 64 MiB"):
            next(lines)


@given(st.lists(st.sampled_from([b"", b"a", b"\n", b"\r", b"\x00", b"longer"]), max_size=40))
def test_from_behind_the_lines_are_the_same(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    *lines, half = data.split(b"\n")
    expected = [half, *(line + b"\n" for line in reversed(lines))]
    for block in (1, 2, 5, LINE):
        with mock.patch.object(plain_files, "LINE", block):
            assert list(lines_back(BytesIO(data), 1000)) == expected


def test_from_behind_only_so_much_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(b"first\n")
        file.truncate(1 << 40)
        file.seek(0, os.SEEK_END)
        file.write(b"\nlast\nhalf")
    with open_plain(path) as file:
        assert list(lines_back(file, LINE)) == [b"half", b"last\n"]
