"""What lies around the agent's job: settings, folders, files, the login session, the Mac itself."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from entraclaw_tui.doctor import keychains
from entraclaw_tui.macos import launchctl_errors, launchctl_print
from entraclaw_tui.macos.entitlements import parse_entitlements
from entraclaw_tui.macos.host import Host, Ran, ToolError
from entraclaw_tui.macos.jobs import LAUNCHCTL
from entraclaw_tui.macos.keychain import Lock
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.plain_files import open_plain, read_plain
from entraclaw_tui.macos.signature import CODESIGN
from entraclaw_tui.macos.system import SW_VERS, parse_versions
from entraclaw_tui.model.keychain import KeychainItem
from entraclaw_tui.model.source import Loaded

CSRUTIL = "/usr/bin/csrutil"
DF = "/bin/df"
XATTR = "/usr/bin/xattr"
_QUARANTINE = "com.apple.quarantine"
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
# A mount without a disk behind it (`map auto_home`) has no blocks at all, and is never full.
_SPACE = re.compile(r"\s[1-9]\d*\s+\d+\s+(-?\d+)\s+\d+%")
_REFUSAL = re.compile(r"AADSTS\d{4,8}")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings file as TOML, without the worker's rules."""

    path: str
    there: bool = True
    trouble: str = ""
    tables: dict[str, object] = field(default_factory=dict)

    def text(self, table: str, name: str) -> str:
        """Return one setting, empty where it is missing."""
        found = self.tables.get(table)
        value = found.get(name) if isinstance(found, dict) else None
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that launchd or the worker writes into."""

    path: str
    there: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Pure values; what was not or could not be looked at has its default and is no fault."""

    macos: str = ""
    """The version, `26.5`."""
    home: str = ""
    root: str = ""
    """The folder that plays the Mac; empty on a real one."""
    borrowed: bool = False
    """Whether a pretend Mac's job runs this machine's own interpreter, from outside its folder."""
    desktop: bool = True
    """Whether this user is logged in at the screen."""
    now: float = 0.0
    free_bytes: int | None = None
    """What the disk of our files has left."""
    settings: Settings | None = None
    folders: tuple[Folder, ...] = ()
    sockets_missing: tuple[str, ...] = ()
    keyring_files: tuple[str, ...] = ()
    """Files that choose a keyring for every Python program."""
    variables: tuple[str, ...] = ()
    """Names of the login session's variables that sound like secrets."""
    quarantined: tuple[str, ...] = ()
    sip: bool | None = None
    """Whether System Integrity Protection is on; None where `csrutil` says nothing."""
    entitlements: frozenset[str] | None = None
    """What the program is entitled to; None where `codesign` does not say."""
    lock: Loaded[Lock] | None = None
    """When the keychain locks; asked only where there is no screen for a dialog."""
    locked: str = ""
    """How `security` said that the keychain is locked now, empty where it did not."""
    elsewhere: tuple[KeychainItem, ...] = ()
    """The agent's items in other keychains that are searched too."""
    database: str = ""
    """What is wrong with the database, empty where nothing is."""
    audit: str = ""
    refusals: tuple[str, ...] = ()
    """Lines of the worker's log, of the last day, in which Entra refused."""
    python: str = ""
    """The interpreter of this very program, its links followed, as a path of the Mac."""


async def look_around(host: Host, program: str, job: dict[str, object]) -> Surroundings:
    """Look at everything around the job. Never raises; every tool has its deadline."""
    places = Places.of(host)
    entitled = asyncio.create_task(_entitled(host, program))
    elsewhere = asyncio.create_task(keychains.elsewhere(host))
    session, macos, sip, free, quarantined, on_disk = await asyncio.gather(
        _session(host),
        _macos(host),
        _sip(host),
        _free(host, places.config_dir),
        _quarantined(host, [p for p in (program, str(places.plist)) if p]),
        asyncio.to_thread(_on_disk, host, places, job),
    )
    desktop, variables = session
    lock, locked = (None, "") if desktop else await keychains.lock(host)
    return Surroundings(
        macos=macos,
        home=host.shown(host.home),
        root=str(host.root) if host.pretend else "",
        borrowed=host.pretend and host.shown(program) == program,
        desktop=desktop,
        now=time.time(),
        sip=sip,
        quarantined=quarantined,
        variables=variables,
        entitlements=await entitled,
        lock=lock,
        locked=locked,
        elsewhere=await elsewhere,
        free_bytes=free,
        **on_disk,  # type: ignore[arg-type]
    )


def read_settings(path: Path, shown: str) -> Settings:
    """Return the settings as they lie there; never raises."""
    try:
        return Settings(shown, tables=tomllib.loads(read_plain(path).decode()))
    except FileNotFoundError:
        return Settings(shown, there=False)
    except OSError as error:
        return Settings(shown, trouble=error.strerror or str(error))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Settings(shown, trouble=str(error))


def database_trouble(path: Path) -> str:
    """Return what is wrong with an SQLite file at its first look; a missing one is none.

    Only the head is read: the worker has the file open, and no lock of ours may hold it up.
    """
    try:
        with open_plain(path) as file:
            head = file.read(16)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    if not head:
        return ""  # SQLite makes the file before it writes the first page
    return "" if head == b"SQLite format 3\x00" else "its first bytes are not those of SQLite"


def audit_trouble(folder: Path) -> str:
    """Return what is wrong with the newest lines of the exported audit, empty where nothing is."""
    import msgspec

    from entraclaw_tui.macos.tail import last_lines

    try:
        files = sorted(folder.glob("*.jsonl"))
        lines = last_lines(files[-1], 50) if files else []
    except OSError as error:
        return error.strerror or str(error)
    before: int | None = None
    for text in lines:
        try:
            entry = msgspec.json.decode(text)
            seq = int(entry["seq"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
            return f"{files[-1].name}: a line is no audit entry"
        if before is not None and seq != before + 1:
            return f"{files[-1].name}: entry {seq} follows entry {before}"
        before = seq
    return ""


def refusals(path: Path, now: float) -> tuple[str, ...]:
    """Return the last lines of the worker's log in which Entra gave a number of its own."""
    from entraclaw_tui.macos.logs import last_lines, parse_worker_line

    try:
        lines = [parse_worker_line(text) for text in last_lines(path, 300)]
    except OSError:
        return ()
    found = [
        line.message
        for line in lines
        if line.at is not None and now - line.at < 86_400 and _REFUSAL.search(line.message)
    ]
    return tuple(found[-3:])


def _on_disk(host: Host, places: Places, job: dict[str, object]) -> dict[str, object]:
    paths = dict.fromkeys(
        str(Path(path).parent)
        for key in ("StandardOutPath", "StandardErrorPath")
        if isinstance(path := job.get(key), str) and path.startswith("/")
    )
    keyring = host.home / ".config/python_keyring/keyringrc.cfg"
    return {
        "python": host.shown(os.path.realpath(sys.executable)),
        "settings": read_settings(places.config, host.shown(places.config)),
        "folders": tuple(Folder(path, Path(path).is_dir(), _writable(path)) for path in paths),
        "sockets_missing": tuple(
            str(path)
            for path in (places.request_socket, places.control_socket)
            if not os.path.lexists(path)
        ),
        "keyring_files": (host.shown(keyring),) if keyring.exists() else (),
        "database": database_trouble(places.state_db),
        "audit": audit_trouble(places.audit_dir),
        "refusals": refusals(places.worker_log, time.time()),
    }


def _writable(path: str) -> bool:
    """Whether we may make files there; the owner's own bits count, even where root asks."""
    try:
        found = Path(path).stat()
    except OSError:
        return False
    own = found.st_uid != os.getuid() or found.st_mode & 0o300 == 0o300
    return own and os.access(path, os.W_OK | os.X_OK)


async def _free(host: Host, folder: Path) -> int | None:
    """Return the bytes that a folder's disk has left, None where `df` does not say."""
    ran = await _ask(host, DF, "-kP", str(folder))
    found = _SPACE.search(ran.stdout.decode("utf-8", "backslashreplace")) if ran else None
    return int(found[1]) * 1024 if found else None


async def _session(host: Host) -> tuple[bool, tuple[str, ...]]:
    """Return whether there is a desktop, and which variables of it sound like secrets."""
    ran = await _ask(host, LAUNCHCTL, "print", f"{host.domain}/{LABEL}")
    if ran is None or ran.exit != 0:
        return ran is None or ran.exit != launchctl_errors.NO_DOMAIN, ()
    tree = launchctl_print.parse(ran.stdout.decode("utf-8", "backslashreplace"))
    body = next(tree.blocks(), None)
    inherited = body.block("inherited environment") if body else None
    names = [name for name, _ in inherited.pairs()] if inherited else []
    return True, tuple(sorted({name for name in names if _SECRET.search(name)}))


async def _entitled(host: Host, program: str) -> frozenset[str] | None:
    if not program:
        return None
    ran = await _ask(host, CODESIGN, "-d", "--entitlements", "-", program)
    if ran is None or ran.exit != 0:
        return None
    found = parse_entitlements(ran.stdout)
    return None if found is None else frozenset(key for key, value in found.items() if value)


async def _macos(host: Host) -> str:
    if host.marker is not None:
        return host.marker.macos
    ran = await _ask(host, SW_VERS)
    text = ran.stdout.decode("utf-8", "backslashreplace") if ran else ""
    return parse_versions(text).get("ProductVersion", "")


async def _sip(host: Host) -> bool | None:
    ran = await _ask(host, CSRUTIL, "status")
    text = ran.stdout.decode("utf-8", "backslashreplace") if ran else ""
    found = re.search(r"status: (enabled|disabled)", text)
    return found[1] == "enabled" if found else None


async def _quarantined(host: Host, paths: list[str]) -> tuple[str, ...]:
    ran = await asyncio.gather(*(_ask(host, XATTR, "-p", _QUARANTINE, path) for path in paths))
    return tuple(
        host.shown(path)
        for path, answer in zip(paths, ran, strict=True)
        if answer is not None and answer.exit == 0 and answer.stdout.strip()
    )


async def _ask(host: Host, tool: str, *arguments: str) -> Ran | None:
    try:
        return await host.run(tool, *arguments)
    except ToolError:
        return None
