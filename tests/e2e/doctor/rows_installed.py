"""What is done to the program after `agent install` wrote down which one it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

import entraclaw_tui
from entraclaw_tui.macos import digests, install_record
from entraclaw_tui.macos.install_record import InstallRecord, Part
from tests.e2e.doctor.row import Row, row
from tests.support.furnished import PYTHON, FurnishedMac


def record(mac: FurnishedMac) -> InstallRecord:
    """Write down a package and a Python of this Mac's own, that a test may change."""
    package, python = (mac.host.path(f"/opt/{name}") for name in ("package", "python3.14"))
    for path in (package, python, mac.places.install_record):
        mac.take(path)
    package.parent.mkdir(exist_ok=True)
    source = Path(entraclaw_tui.__file__).parent
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "macos", package, ignore=skipped)
    shutil.copy(PYTHON, python)
    found = InstallRecord(
        1_700_000_000.0,
        Part(str(package), str(package), "0.1.0", digests.digest(package)),
        Part(str(python), str(python), "3.14.6", digests.digest(python)),
    )
    mac.places.install_record.write_bytes(msgspec.json.encode(found))
    mac.places.install_record.chmod(0o600)
    seen = install_record.look(mac.host)
    assert seen is not None
    assert seen.changes == ()
    return found


def package_edited(mac: FurnishedMac) -> None:
    place = Path(record(mac).package.real)
    (place / "places.py").write_text("LABEL = 'com.contoso.other'\n")


def package_gone(mac: FurnishedMac) -> None:
    shutil.rmtree(record(mac).package.real)


def python_upgraded(mac: FurnishedMac) -> None:
    python = Path(record(mac).python.real)
    newer = python.with_name("python3.15")
    mac.take(newer)
    shutil.copy(PYTHON, newer)
    python.unlink()
    python.symlink_to(newer)


def python_exchanged(mac: FurnishedMac) -> None:
    with Path(record(mac).python.real).open("ab") as file:
        file.write(b"\0")


ROWS: tuple[Row, ...] = (
    row("install-changed", package_edited),
    row("install-changed", package_gone),
    row("install-changed", python_upgraded),
    row("install-changed", python_exchanged),
)
