"""What is looked at once, before anything is judged."""

from __future__ import annotations

import asyncio
import os
import plistlib
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

import msgspec

from entraclaw_tui.doctor import keychains
from entraclaw_tui.doctor.last_words import last_words
from entraclaw_tui.doctor.surroundings import Surroundings, look_around
from entraclaw_tui.macos import launchctl_errors, launchctl_print
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.install_record import Installed
from entraclaw_tui.macos.install_record import look as look_installed
from entraclaw_tui.macos.jobs import LAUNCHCTL, parse_disabled, read_job
from entraclaw_tui.macos.keychain import read_keychain
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.plain_files import read_plain
from entraclaw_tui.macos.privacy import read_privacy
from entraclaw_tui.macos.signature import read_signature
from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.privacy import Privacy, Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file or folder as it lies on the disk."""

    path: str
    mode: int
    """Permission bits."""
    owned: bool
    """Whether it belongs to this user."""
    kind: str = "file"
    """`file`, `folder`, `socket` or `other`."""
    size: int = 0
    modified_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Definition:
    """The job's definition file; `job` is None where it is missing or unreadable."""

    path: str
    file: FileFact | None
    job: dict[str, object] | None
    trouble: str = ""
    """Why it could not be read, empty where it could or is missing."""

    @property
    def program(self) -> str:
        """The program it names, empty where it names none."""
        return self.arguments[0] if self.arguments else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command that it starts."""
        listed = (self.job or {}).get("ProgramArguments")
        return tuple(map(str, listed)) if isinstance(listed, list) else ()


@dataclass(frozen=True, slots=True)
class WorkerWord:
    """What the worker says of itself, or that it said nothing."""

    answered: bool
    keychain: str = "unknown"
    """`ok`, `locked`, `unavailable` or `unknown`."""
    storage: str = "ok"
    paused: bool = False
    note: str = ""
    reason: str = ""
    """Why it did not answer."""
    waits_for: str = ""
    """`keychain` or `database`, where its start has waited for that for a while."""
    certificates: tuple[CertificateEnd, ...] = ()


AskWorker = Callable[[], Awaitable[WorkerWord | None]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the checks look at. Pure values: a check does no I/O."""

    domain: str
    """The launchd domain that commands name."""
    definition: Definition
    job: Loaded[Job] | Empty | Failed
    disabled: dict[str, bool] | Failed
    sockets: tuple[str, ...]
    """The paths that the sockets should have."""
    files: tuple[FileFact, ...]
    keychain: Loaded[Keychain] | Empty | Failed
    privacy: Loaded[Privacy] | Empty | Failed
    program: str
    """The agent's program with its links followed, as a path of the Mac."""
    signature: Signature
    """The program's signature; `broken` where its file no longer fits it."""
    program_there: bool = True
    """Whether the program that the definition names exists and may be run."""
    gone: frozenset[str] = frozenset()
    """Programs with a grant that are no longer on the disk, as the database names them."""
    login_items: frozenset[str] = frozenset()
    """Labels that a person switched off in Login Items."""
    around: Surroundings = field(default_factory=Surroundings)
    worker: WorkerWord | None = None
    """None where it does not run, or nobody asked it."""
    last_words: str = ""
    """The last line that the agent wrote on standard error; empty while it runs."""
    installed: Installed | None = None
    """What `agent install` recorded and what changed since; None where it recorded nothing."""


async def gather(
    host: Host, known: Loaded[Privacy] | None = None, ask: AskWorker | None = None
) -> Evidence:
    """Look at everything, at the same time; `known` are grants that need not be read again.

    `ask` asks the worker. It is called only where launchd says that it runs: a look at its socket
    would start it.
    """
    places = Places.of(host)
    found, program = await asyncio.to_thread(_installed, places.plist)
    around = asyncio.create_task(look_around(host, program, found.job or {}))
    overrides = asyncio.create_task(_overrides(host))
    job, keychain, privacy, signature, files, installed = await asyncio.gather(
        read_job(host, LABEL),
        read_keychain(host),
        _privacy(host, known),
        read_signature(host, program) if program else _unsigned(),
        asyncio.to_thread(read_files, places),
        asyncio.to_thread(look_installed, host),
    )
    disabled, login_items = await overrides
    word = await ask() if ask is not None and _runs(job) else None
    if word is not None and word.keychain == "unavailable":
        # The keychain is open and refused the worker: its access lists can be asked for.
        keychain = await keychains.with_readers(host, keychain)
    if isinstance(privacy, Loaded):
        privacy = Loaded(_as_on_the_mac(host, privacy.value), privacy.at)
    return Evidence(
        domain=job.value.domain if isinstance(job, Loaded) else host.domain,
        definition=found,
        job=job,
        disabled=disabled,
        sockets=(str(places.request_socket), str(places.control_socket)),
        files=files,
        keychain=keychain,
        privacy=privacy,
        program=host.shown(program),
        signature=signature,
        program_there=not program or os.access(program, os.X_OK),
        gone=_gone(host, privacy),
        login_items=login_items,
        around=await around,
        worker=word,
        last_words=await last_words(host, job),
        installed=installed,
    )


def read_definition(path: Path) -> Definition:
    """Return the definition file; never raises."""
    file = file_fact(path)
    if file is None:
        return Definition(str(path), None, None)
    try:
        job = plistlib.loads(read_plain(path))
    except OSError as error:
        return Definition(str(path), file, None, error.strerror or str(error))
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError):
        return Definition(str(path), file, None, "it is no property list")
    if not isinstance(job, dict):
        return Definition(str(path), file, None, "it holds no dictionary")
    return Definition(str(path), file, job)


def read_files(places: Places) -> tuple[FileFact, ...]:
    """Return everything of ours that exists and is for us alone."""
    alone = (
        *places.folders(),
        places.config,
        places.state_db,
        places.request_socket,
        places.control_socket,
        *_inside(places.log_dir),
        *_inside(places.audit_dir),
    )
    return tuple(fact for path in alone if (fact := file_fact(path)) is not None)


def file_fact(path: Path) -> FileFact | None:
    """Return what a path names, without following a link; None where there is nothing."""
    try:
        found = path.lstat()
    except OSError:
        return None
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFSOCK: "socket"}
    return FileFact(
        str(path),
        stat.S_IMODE(found.st_mode),
        found.st_uid == os.getuid(),
        kinds.get(stat.S_IFMT(found.st_mode), "other"),
        found.st_size,
        found.st_mtime,
    )


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _installed(plist: Path) -> tuple[Definition, str]:
    """Return the definition and the program behind all links; macOS judges that one."""
    found = read_definition(plist)
    # launchd looks for a name without a path in its own PATH, never where we stand.
    return found, os.path.realpath(found.program) if found.program.startswith("/") else ""


def _as_on_the_mac(host: Host, privacy: Privacy) -> Privacy:
    """Return the grants with paths of the Mac, without the root of a pretend one."""
    grants = tuple(
        msgspec.structs.replace(grant, client=host.shown(grant.client))
        if grant.client_is_path
        else grant
        for grant in privacy.grants
    )
    return Privacy(grants, privacy.user_database, privacy.system_database)


def _gone(host: Host, privacy: Loaded[Privacy] | Empty | Failed) -> frozenset[str]:
    if not isinstance(privacy, Loaded):
        return frozenset()
    return frozenset(
        grant.client
        for grant in privacy.value.grants
        # A pretend Mac runs its job with this machine's own interpreter.
        if grant.client_is_path
        and not host.path(grant.client).exists()
        and not (host.pretend and Path(grant.client).exists())
    )


def _runs(job: Loaded[Job] | Empty | Failed) -> bool:
    return isinstance(job, Loaded) and job.value.alive


async def _overrides(host: Host) -> tuple[dict[str, bool] | Failed, frozenset[str]]:
    """Return which labels are disabled, and which a person switched off in Login Items."""
    try:
        ran = await host.run(LAUNCHCTL, "print-disabled", host.domain)
    except ToolError as error:
        return Failed(str(error)), frozenset()
    if ran.exit != 0:
        return launchctl_errors.failure(ran), frozenset()
    text = ran.stdout.decode("utf-8", "backslashreplace")
    block = launchctl_print.parse(text).block("login item associations")
    off = {label for label, word in block.pairs() if word == "disabled"} if block else set()
    return parse_disabled(text), frozenset(off)


async def _privacy(host: Host, known: Loaded[Privacy] | None) -> Loaded[Privacy] | Empty | Failed:
    return known if known is not None else await read_privacy(host)


async def _unsigned() -> Signature:
    return Signature("", "unverified")
