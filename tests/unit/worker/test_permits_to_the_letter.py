"""Root's permit, rule by rule: what is refused says why, and writing leaves nothing loose."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from entraclaw_tui.demo.mac import build
from entraclaw_tui.macos.host import Host
from entraclaw_tui.worker import permit

NOW = 1_800_000_000.0
TTY = "ttys003"


@pytest.fixture
def mac(tmp_path: Path) -> Host:
    return build.prepare(tmp_path / "mac")


@contextmanager
def umask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def given(mac: Host) -> Path:
    """Write a permit that counts, and return its place."""
    permit.write(mac, (TTY,), NOW)
    touch(mac, NOW)
    assert permit.read(mac, TTY, NOW).terminals == (TTY,)
    return permit.place(mac)


def touch(mac: Host, at: float) -> None:
    os.utime(permit.place(mac), (at, at))


def why_not(mac: Host, terminal: str = TTY, now: float = NOW) -> str:
    with pytest.raises(permit.NoPermit) as refused:
        permit.read(mac, terminal, now)
    return str(refused.value)


def rewrite(path: Path, **changes: object) -> None:
    found = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    path.write_bytes(msgspec.json.encode(found | changes))
    os.utime(path, (NOW, NOW))


@pytest.mark.parametrize(("seconds", "counts"), [(0.0, True), (599.9, True), (600.0, False)])
def test_it_counts_for_ten_minutes(mac: Host, seconds: float, counts: bool) -> None:
    given(mac)
    if counts:
        assert permit.read(mac, TTY, NOW + seconds).at == NOW
    else:
        assert why_not(mac, now=NOW + seconds) == "The permit is too old."


def test_one_of_the_future_does_not_count(mac: Host) -> None:
    given(mac)
    assert why_not(mac, now=NOW - 0.5) == "The permit is too old."


@pytest.mark.parametrize("apart", [600.0, -600.0, 599.0, -599.0])
def test_the_file_must_be_as_old_as_it_says(mac: Host, apart: float) -> None:
    given(mac)
    touch(mac, NOW + apart)
    if abs(apart) < 600:
        assert permit.read(mac, TTY, NOW)
    else:
        assert why_not(mac) == "The permit is too old."


def test_a_permit_for_another_terminal_account_or_format_says_so(mac: Host) -> None:
    path = given(mac)
    assert why_not(mac, "ttys004") == "The permit is for another terminal."
    assert why_not(mac, "") == "The permit is for another terminal."
    rewrite(path, terminals=["", TTY])
    assert why_not(mac, "") == "The permit is for another terminal."
    rewrite(path, uid=mac.uid + 1)
    assert why_not(mac) == "The permit is for another account."
    rewrite(path, uid=mac.uid, format=2)
    assert why_not(mac) == "The permit is for another account."
    rewrite(path, format=1, more=1)
    assert why_not(mac) == "The permit cannot be read."


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"format":"\xff"}'])
def test_a_permit_that_is_none_cannot_be_read(mac: Host, data: bytes) -> None:
    given(mac).write_bytes(data)
    assert why_not(mac) == "The permit cannot be read."


def test_a_permit_of_four_thousand_bytes_is_read_and_a_longer_one_is_not(mac: Host) -> None:
    path = given(mac)
    data = path.read_bytes()
    path.write_bytes(data.ljust(4096))
    touch(mac, NOW)
    assert permit.read(mac, TTY, NOW)
    path.write_bytes(data.ljust(4097))
    assert why_not(mac) == "The permit is no file of its own."


def second_name(path: Path) -> None:
    os.link(path, path.with_name("other"))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)
    path.chmod(0o644)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir(0o755)


def link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to(path.with_name("other"))


def gone(path: Path) -> None:
    path.unlink()


def link_folder(path: Path) -> None:
    moved = path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to(moved)


def no_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def writable(path: Path) -> None:
    path.chmod(0o664)


def writable_folder(path: Path) -> None:
    path.parent.parent.chmod(0o757)


def writable_root(path: Path) -> None:
    path.parents[4].chmod(0o777)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (second_name, "The permit is no file of its own."),
        (pipe, "The permit is no file of its own."),
        (folder, "The permit is no file of its own."),
        (link, "Nothing from root permits it."),
        (gone, "Nothing from root permits it."),
        (no_folder, "Nothing from root permits it."),
        (link_folder, "A folder above the permit is a link."),
        (writable, "The permit, or a folder above it, is not root's alone."),
        (writable_folder, "The permit, or a folder above it, is not root's alone."),
        (writable_root, "The permit, or a folder above it, is not root's alone."),
    ],
)
def test_what_somebody_else_could_have_made_is_refused(
    mac: Host, spoil: Callable[[Path], None], words: str
) -> None:
    path = given(mac)
    assert path.parents[4] == mac.root
    with umask(0):
        spoil(path)
    before = psutil.Process().num_fds()
    assert why_not(mac) == words
    assert psutil.Process().num_fds() == before


def test_what_is_above_the_mac_is_not_asked(mac: Host) -> None:
    given(mac)
    mac.root.parent.chmod(0o777)
    assert permit.read(mac, TTY, NOW)


@pytest.mark.parametrize("bits", [0o000, 0o077])
def test_it_is_written_for_root_to_change_and_all_to_read(mac: Host, bits: int) -> None:
    place = permit.place(mac)
    assert not place.parent.exists()
    before = psutil.Process().num_fds()
    with umask(bits):
        first = permit.write(mac, (TTY,), NOW)
        second = permit.write(mac, (TTY,), NOW)
    assert psutil.Process().num_fds() == before
    assert place.stat().st_mode & 0o777 == 0o644
    assert place.parent.stat().st_mode & 0o777 == 0o755 & ~bits
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert first.nonce != second.nonce
    assert len(second.nonce) == 32
    assert (second.format, second.uid, second.at) == (1, mac.uid, NOW)
    with pytest.raises(AttributeError):
        second.terminals = ()  # type: ignore[misc]  # that is what is tried


def test_the_folders_above_are_made_where_they_are_missing(mac: Host) -> None:
    above = permit.place(mac).parent.parent
    above.rename(above.with_name("moved"))
    permit.write(mac, (TTY,), NOW)
    assert permit.place(mac).is_file()


def test_who_plays_root_owns_the_folder_and_not_what_a_link_shows(mac: Host) -> None:
    assert permit.owner_of(mac) == permit.pretend_root(mac) == os.getuid()
    shown = mac.root.with_name("shown")
    shown.symlink_to("/")
    linked = Host(shown, mac.user, mac.uid, mac.home, mac.name, mac.marker)
    if os.getuid() == 0:  # else the file system's root belongs to another
        os.chown(shown, 12_345, -1, follow_symlinks=False)
    assert permit.pretend_root(linked) == shown.lstat().st_uid


def test_taking_it_away_where_none_is_says_nothing(mac: Host) -> None:
    permit.remove(mac)
    path = given(mac)
    permit.remove(mac)
    assert not path.exists()
