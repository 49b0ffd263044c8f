"""What is done to the job's definition."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.doctor.row import Row, row
from tests.support.furnished import FurnishedMac

LONG = "a-person-with-an-uncommonly-long-name-of-more-than-sixty-letters"


def sockets(mac: FurnishedMac, mode: int | None) -> dict[str, dict[str, object]]:
    paths = {"Request": mac.places.request_socket, "Control": mac.places.control_socket}
    modes: dict[str, object] = {} if mode is None else {"SockPathMode": mode}
    return {name: {"SockPathName": str(path), **modes} for name, path in paths.items()}


def move_home(mac: FurnishedMac, home: str) -> None:
    """Let the account's home be elsewhere, with all that is in it."""
    place = mac.host.path(home)
    place.parent.mkdir(parents=True, exist_ok=True)
    mac.take(place)
    place.symlink_to(mac.host.home)
    mac.mark(home=home)


def lock_logs(mac: FurnishedMac) -> None:
    folder = mac.host.home / "Library/Logs/locked"
    mac.take(folder)
    folder.mkdir(mode=0o500)
    mac.define(StandardErrorPath=str(folder / "agent.err.log"))


def garble(mac: FurnishedMac) -> None:
    mac.keep(mac.places.plist).write_bytes(b"<plist><dict>")


def environment(**variables: str) -> dict[str, object]:
    return {"EnvironmentVariables": variables}


ROWS: tuple[Row, ...] = (
    row("plist-missing", lambda mac: mac.take(mac.places.plist)),
    row("plist-unreadable", garble),
    row("plist-mode", lambda mac: mac.keep(mac.places.plist).chmod(0o666)),
    row("plist-tilde", lambda mac: mac.define(StandardOutPath="~/agent.log"), "plist-stale"),
    row(
        "program-missing",
        lambda mac: mac.define(ProgramArguments=["/opt/gone/python3", "worker"]),
        "plist-stale",
    ),
    row(
        "plist-stale",
        lambda mac: mac.define(ProgramArguments=[*mac.command(), "--verbose"]),
    ),
    row("plist-stale", lambda mac: mac.define(ExitTimeOut=99)),
    row("socket-path", lambda mac: move_home(mac, f"/Users/{LONG}"), "worker-silent"),
    row(
        "plist-relative",
        lambda mac: mac.define(ProgramArguments=["python3", *mac.command()[1:]]),
        "plist-stale",
    ),
    row("plist-label", lambda mac: mac.define(Label="example.contoso.other")),
    row("plist-never-starts", lambda mac: mac.define(RunAtLoad=False, KeepAlive=None)),
    row("plist-loads-code", lambda mac: mac.define(**environment(PYTHONPATH="/tmp/x"))),
    row("plist-secrets", lambda mac: mac.define(**environment(CLIENT_SECRET="x"))),
    row(
        "plist-protected",
        lambda mac: mac.define(WorkingDirectory=str(mac.host.home / "Documents/agent")),
    ),
    row("plist-socket-mode", lambda mac: mac.define(Sockets=sockets(mac, 0o666))),
    row("plist-socket-mode", lambda mac: mac.define(Sockets=sockets(mac, None))),
    row("home-external", lambda mac: move_home(mac, "/Volumes/Stick/demo")),
    row(
        "log-folder-missing",
        lambda mac: mac.define(StandardErrorPath=str(mac.host.home / "Library/Logs/none/x.log")),
        "plist-stale",
    ),
    row("log-folder-locked", lock_logs, "plist-stale"),
    row(
        "quarantined",
        lambda mac: mark_as_downloaded(mac, mac.places.plist),
    ),
)


def mark_as_downloaded(mac: FurnishedMac, path: Path) -> None:
    mac.xattr("-w", "com.apple.quarantine", "0083;68b6a0f2;Safari;", str(path))
    mac.later(lambda: mac.xattr("-d", "com.apple.quarantine", str(path)))
