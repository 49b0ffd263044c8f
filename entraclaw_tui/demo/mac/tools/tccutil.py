"""tccutil: takes grants back, and on macOS 27 lists them."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from entraclaw_tui.demo.mac.lean import USER_TCC, exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from entraclaw_tui.demo.mac.lean import Folder

_WRONG = 64
_FIRST_THAT_LISTS = 27
_STATES = {0: "denied", 1: "unknown", 2: "allowed", 3: "limited", 4: "add only", 5: "this instance"}
_SERVICES = (
    "Accessibility AddressBook All AppleEvents BluetoothAlways Calendar Camera ContactsFull "
    "ContactsLimited DeveloperTool EndpointSecurityClient FileProviderDomain "
    "FileProviderPresence FocusStatus ListenEvent Liverpool MediaLibrary Microphone Motion Photos "
    "PhotosAdd PostEvent Reminders RemoteDesktop ScreenCapture ShareKit Siri SpeechRecognition "
    "SystemPolicyAllFiles SystemPolicyAppBundles SystemPolicyAppData "
    "SystemPolicyDesktopFolder SystemPolicyDocumentsFolder SystemPolicyDownloadsFolder "
    "SystemPolicyNetworkVolumes SystemPolicyRemovableVolumes SystemPolicySysAdminFiles "
    "Ubiquity UserAvailability Willow"
)


def main(mac: Folder, arguments: list[str]) -> int:
    """Run `reset SERVICE [BUNDLE_ID]`, or on macOS 27 `list -s SERVICE [-b CLIENT]`."""
    lists = int(mac.fact("macos").partition(".")[0]) >= _FIRST_THAT_LISTS
    if lists and arguments[:2] == ["list", "-s"] and len(arguments) in (3, 5):
        return _list(mac, arguments[2], arguments[4] if arguments[3:4] == ["-b"] else "")
    if len(arguments) not in (2, 3) or arguments[0] != "reset":
        sys.stderr.write("tccutil: Usage: tccutil reset SERVICE [BUNDLE_ID]\n")
        return _WRONG
    service, client = arguments[1], "".join(arguments[2:])
    if service not in _SERVICES.split():
        sys.stderr.write(f"tccutil: Failed to reset {service}\n")
        return 70
    paths = _databases(mac)
    if client and not any(_known(path, client) for path in paths):
        # Rows keyed by a path are nothing that tccutil can name (OSStatus -10814).
        sys.stderr.write(
            f'tccutil: No such bundle identifier "{client}": The operation couldn\u2019t be '
            "completed. (OSStatus error -10814.)\n"
        )
        return _WRONG
    for path in paths:
        _reset(path, service, client)
    what = f"{service} approval status for {client}" if client else service
    sys.stdout.write(f"Successfully reset {what}\n")
    return 0


def _list(mac: Folder, service: str, client: str) -> int:
    if service not in _SERVICES.split():
        sys.stderr.write(f"tccutil: Failed to list {service}\n")
        return 70
    rows = []
    for path in _databases(mac):
        with closing(sqlite3.connect(path)) as database:
            rows += database.execute(
                "SELECT client, auth_value FROM access WHERE service = ? ORDER BY client",
                ("kTCCService" + service,),
            ).fetchall()
    for name, value in rows:
        if not client:
            sys.stdout.write(f"{name}\n")
        elif name == client:
            sys.stdout.write(f"{_STATES.get(value, 'unknown')}\n")
    return 0


def _databases(mac: Folder) -> list[str]:
    tail = "Library/Application Support/com.apple.TCC/TCC.db"
    paths = [mac.at(tail), f"{mac.home}/{tail}", mac.at(USER_TCC)]
    return [path for path in paths if exists(path)]


def _known(path: str, client: str) -> bool:
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT 1 FROM access WHERE client = ? AND client_type = 0"
        return database.execute(query, (client,)).fetchone() is not None


def _reset(path: str, service: str, client: str) -> None:
    where, values = [], []
    if service != "All":
        where.append("service = ?")
        values.append("kTCCService" + service)
    if client:
        where.append("client = ? AND client_type = 0")
        values.append(client)
    with closing(sqlite3.connect(path, timeout=10.0)) as database, database:
        query = "DELETE FROM access WHERE " + (" AND ".join(where) or "1")  # noqa: S608
        database.execute(query, values)
