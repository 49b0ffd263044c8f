"""The record of what was installed: stable, cheap to compare, told apart by content alone."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import msgspec
import pytest

import entraclaw_tui
from entraclaw_tui.macos import digests, install_record
from entraclaw_tui.macos.agent_plist import make_folders
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.install_record import InstallRecord, Part
from entraclaw_tui.macos.places import Places


@pytest.fixture
def package(tmp_path: Path) -> Path:
    place = tmp_path / "package"
    for name in ("b.py", "a/z.py", "a/data.toml"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(name)
    return place


def recorded(mac: Host, package: Path) -> InstallRecord:
    make_folders(Places.of(mac))
    python = Path(sys.executable).resolve()
    record = InstallRecord(
        1.0,
        Part(str(package), str(package), "0.1.0", digests.digest(package)),
        Part(sys.executable, str(python), "3.14.6", digests.digest(python)),
    )
    Places.of(mac).install_record.write_bytes(msgspec.json.encode(record))
    return record


def changes(mac: Host) -> list[tuple[str, str]]:
    found = install_record.look(mac)
    assert found is not None
    return [(change.what, change.trouble) for change in found.changes]


def test_the_digest_of_a_folder_is_that_of_sha256sum_s_lines(package: Path) -> None:
    lines = "".join(
        f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n"
        for name in ("a/data.toml", "a/z.py", "b.py")
    )
    found = digests.digest(package)
    assert found.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert (found.files, found.bytes) == (3, 21)
    (package / "a/__pycache__").mkdir()
    (package / "a/__pycache__/z.pyc").touch()
    (package / ".DS_Store").touch()
    assert digests.digest(package) == found
    assert digests.stamp(package) == found.stamp


def test_names_and_places_count_as_contents_do(package: Path) -> None:
    before = digests.digest(package).sha256
    (package / "b.py").rename(package / "c.py")
    renamed = digests.digest(package).sha256
    (package / "c.py").unlink()
    (package / "c.py").symlink_to("a/z.py")
    linked = digests.digest(package).sha256
    assert len({before, renamed, linked}) == 3


def test_a_time_set_back_is_seen(package: Path) -> None:
    file = package / "b.py"
    before, times = digests.stamp(package), file.stat()
    file.write_text("c.py")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert file.stat().st_mtime_ns == times.st_mtime_ns
    assert digests.stamp(package) != before


def test_there_is_an_end_to_what_is_read(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST_BYTES", 20)
    with pytest.raises(digests.TooLarge, match="MiB"):
        digests.digest(package)
    monkeypatch.setattr(digests, "MOST_FILES", 2)
    with pytest.raises(digests.TooLarge, match="2 files"):
        digests.stamp(package)


def test_what_was_written_down_is_found_again(mac: Host) -> None:
    make_folders(Places.of(mac))
    record = install_record.write(mac, sys.executable)
    place = Places.of(mac).install_record
    assert place.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.parent.iterdir() if path.is_file()] == [place.name]
    assert install_record.read(mac) == record
    assert record.package.path == str(Path(entraclaw_tui.__file__).parent)
    assert record.python.real == str(Path(sys.executable).resolve())
    assert install_record.fits(record, sys.executable)
    assert not install_record.fits(record, "/opt/python")


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"at": 1.0, "package": {"path": "\xff"}}', b'{"x":' + b"[" * 10_000],
    ids=["empty", "a list", "no text", "nested without end"],
)
def test_a_record_that_nobody_of_ours_wrote_is_none(mac: Host, data: bytes) -> None:
    make_folders(Places.of(mac))
    Places.of(mac).install_record.write_bytes(data)
    assert install_record.read(mac) is None


def test_touching_is_no_change_and_editing_is(mac: Host, package: Path) -> None:
    recorded(mac, package)
    assert changes(mac) == []
    (package / "b.py").write_text("b.py")
    os.utime(package / "b.py", (1, 1))
    assert changes(mac) == []
    (package / "b.py").write_text("B.py")
    assert changes(mac) == [("package", "")]


def test_a_part_that_is_gone_or_elsewhere(mac: Host, package: Path) -> None:
    recorded(mac, package)
    elsewhere = package.with_name("elsewhere")
    package.rename(elsewhere)
    assert changes(mac) == [("package", "No such file or directory")]
    package.symlink_to(elsewhere)
    found = install_record.look(mac)
    assert found is not None
    assert [change.real for change in found.changes] == [str(elsewhere)]


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"format": 2}'])
def test_a_record_that_is_none_says_nothing(mac: Host, data: bytes) -> None:
    assert install_record.look(mac) is None
    make_folders(Places.of(mac))
    Places.of(mac).install_record.write_bytes(data)
    assert install_record.look(mac) is None


def test_a_link_is_not_followed(mac: Host, package: Path) -> None:
    recorded(mac, package)
    place = Places.of(mac).install_record
    place.rename(place.with_name("other.json"))
    place.symlink_to("other.json")
    assert install_record.look(mac) is None
