"""What is done to the agent's files, its settings and the Mac around them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from entraclaw_tui.demo.mac.lean import FREE_SPACE, SIP_OFF
from tests.e2e.doctor.row import Row, row
from tests.support.furnished import FurnishedMac

NOBODY = 65534
REFUSED_CLOCK = "Entra refused: AADSTS700024: Client assertion is not within its valid time range."
REFUSED_KEY = "Entra refused: AADSTS700027: The certificate with this identifier has expired."


def written(mac: FurnishedMac, path: Path, data: bytes, mode: int = 0o600) -> None:
    mac.take(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def settings(mac: FurnishedMac, before: str, after: str) -> None:
    path = mac.keep(mac.places.config)
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def without_upn(mac: FurnishedMac) -> None:
    path = mac.keep(mac.places.config)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("upn")))


def foreign(mac: FurnishedMac) -> None:
    """Give a file to somebody else; who is not root can only point to one."""
    if os.geteuid() == 0:
        os.chown(mac.keep(mac.places.state_db), NOBODY, NOBODY)
        return
    mac.take(mac.places.audit_dir)
    mac.places.audit_dir.symlink_to("/etc/ssl")


def logged(mac: FurnishedMac, message: str) -> None:
    line = {"at": time.time(), "level": "error", "message": message}
    with mac.keep(mac.places.worker_log).open("ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")


def grown(mac: FurnishedMac) -> None:
    os.truncate(mac.keep(mac.places.log_dir / "agent.err.log"), 50_000_000)


def linked(mac: FurnishedMac) -> None:
    path = mac.places.log_dir / "old.log"
    mac.take(path)
    path.symlink_to("/dev/null")


def torn_audit(mac: FurnishedMac) -> None:
    """Let an entry be missing between the last two."""
    newest = max(mac.places.audit_dir.glob("*.jsonl"))
    last = msgspec.json.decode(newest.read_bytes().splitlines()[-1])
    with mac.keep(newest).open("ab") as file:
        file.write(msgspec.json.encode({**last, "seq": last["seq"] + 2}) + b"\n")


def later(mac: FurnishedMac) -> None:
    ahead = time.time() + 86_400
    os.utime(mac.keep(mac.places.config), (ahead, ahead))


def secret_in_the_session(mac: FurnishedMac) -> None:
    mac.launchctl("setenv", "GH_TOKEN", "x")
    mac.later(lambda: mac.launchctl("unsetenv", "GH_TOKEN"))


def blocked(mac: FurnishedMac) -> None:
    written(mac, mac.places.request_socket, b"")


FOREIGN = ("files-linked",) if os.geteuid() else ()

ROWS: tuple[Row, ...] = (
    row("settings-missing", lambda mac: mac.take(mac.places.config)),
    row("settings-unreadable", lambda mac: settings(mac, "[entra]", "[entra")),
    row("settings-incomplete", without_upn),
    row(
        "authority-foreign",
        lambda mac: settings(mac, "https://localhost", "https://login.example.test"),
    ),
    row("database-damaged", lambda mac: written(mac, mac.places.state_db, b"not SQLite at all")),
    row("audit-damaged", torn_audit),
    row("logs-grown", grown),
    row("files-open", lambda mac: mac.keep(mac.places.config).chmod(0o644)),
    row("files-foreign", foreign, *FOREIGN),
    row("files-linked", linked),
    row("clock-back", later),
    row("clock-skew", lambda mac: logged(mac, REFUSED_CLOCK)),
    row("certificate-refused", lambda mac: logged(mac, REFUSED_KEY)),
    row("session-secrets", secret_in_the_session),
    row("sockets-missing", lambda mac: mac.take(mac.places.control_socket)),
    row("socket-blocked", blocked),
    row("sip-off", lambda mac: written(mac, mac.root / SIP_OFF, b"")),
    row("disk-full", lambda mac: written(mac, mac.root / FREE_SPACE, b"5000000")),
)
