"""What is done to the privacy databases."""

from __future__ import annotations

from pathlib import Path

from entraclaw_tui.demo.mac import requirements, tcc
from entraclaw_tui.demo.scenarios.programs import no_full_disk_access
from tests.e2e.doctor.row import Row, row
from tests.support.furnished import PYTHON, FurnishedMac

FULL_DISK = "kTCCServiceSystemPolicyAllFiles"
DOCUMENTS = "kTCCServiceSystemPolicyDocumentsFolder"
OLD = f"/opt/homebrew/Cellar/python@3.11/3.11.2/bin/{Path(PYTHON).name}"


def databases(mac: FurnishedMac) -> None:
    mac.keep(tcc.system_database(mac.host))
    mac.keep(tcc.user_database(mac.host))


def add(mac: FurnishedMac, service: str, client: str, **row: object) -> None:
    databases(mac)
    tcc.add_row(mac.host, service, client, **row)  # type: ignore[arg-type]  # keywords by name


def instead(mac: FurnishedMac, client: str) -> None:
    """Let somebody else have what the agent had."""
    databases(mac)
    tcc.remove_rows(mac.host, PYTHON)
    tcc.add_row(mac.host, FULL_DISK, client)


def unreadable(mac: FurnishedMac) -> None:
    databases(mac)
    for path in (tcc.system_database(mac.host), tcc.user_database(mac.host)):
        mac.take(path.with_name("TCC.db.kept"))
    no_full_disk_access(mac.host)


def moved(mac: FurnishedMac) -> None:
    mac.take(tcc.user_database(mac.host))
    mac.mark(macos="27.0.1")


def garble(mac: FurnishedMac) -> None:
    mac.keep(tcc.user_database(mac.host)).write_bytes(b"SQLite format 3\0" + b"x" * 4096)


ROWS: tuple[Row, ...] = (
    row("privacy-unread", unreadable),
    row("privacy-damaged", garble),
    row("privacy-moved", moved),
    row("grant-gone", lambda mac: instead(mac, OLD)),
    row(
        "grant-stale",
        lambda mac: add(mac, DOCUMENTS, PYTHON, csreq=requirements.cdhash("6" * 40).blob),
    ),
    row("grant-once", lambda mac: add(mac, DOCUMENTS, PYTHON, auth_value=5)),
    row("grant-of-terminal", lambda mac: instead(mac, "com.apple.Terminal")),
    row("grant-of-terminal", lambda mac: instead(mac, "/usr/libexec/sshd-keygen-wrapper")),
    row(
        "automation-pair",
        lambda mac: add(
            mac, "kTCCServiceAppleEvents", PYTHON, allowed=False, target="com.apple.finder"
        ),
    ),
)
