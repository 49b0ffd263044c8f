"""What is there before the driver plans: the job, the override, and the definition file."""

from __future__ import annotations

import asyncio
import os
import plistlib
import stat
from pathlib import Path
from xml.parsers.expat import ExpatError

import msgspec

from entraclaw_tui.macos import launchctl_errors
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.jobs import LAUNCHCTL, choose_domain, parse_service, read_disabled
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.plain_files import read_plain
from entraclaw_tui.macos.usage import read_usage
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Failed

ABSENT = frozenset({launchctl_errors.NOT_LOADED, launchctl_errors.NO_DOMAIN})
"""What `launchctl print` says of a job that is not there."""

_OTHERS_WRITE = 0o022
# A process start and a file's change come from different clocks of the kernel.
_CLOCK_SECONDS = 2.0


class DefinitionFile(msgspec.Struct, frozen=True):
    """The job's definition as it lies on the disk."""

    path: str
    there: bool = False
    job: dict[str, object] | None = None
    trouble: str = ""
    """Why launchd would refuse it, empty where it would not."""
    changed_at: float = 0.0

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that it may be loaded in; Aqua alone if unsaid (launchd.plist(5))."""
        said = (self.job or {}).get("LimitLoadToSessionType", "Aqua")
        return tuple(map(str, said)) if isinstance(said, list) else (str(said),)


class Seen(msgspec.Struct, frozen=True):
    """Everything a plan is made from. Pure values: planning does no I/O."""

    domain: str
    """Where the job belongs: the desktop's domain, or the user's own without a desktop login."""
    file: DefinitionFile
    jobs: tuple[Job, ...] = ()
    """The job, once for each domain that it is loaded in."""
    override: bool | None = None
    """True: the label is disabled; False: enabled by name; None: nothing was said."""
    file_is_newer: bool = False
    """Whether the file was changed after the job's process had started."""
    looked: tuple[tuple[str, ...], ...] = ()

    @property
    def desktop(self) -> bool:
        """Whether there is a desktop login."""
        return self.domain.startswith("gui/")


async def look(host: Host) -> Seen | Failed:
    """Return what is there now, or why launchd could not be asked."""
    try:
        domain = await choose_domain(host)
    except ToolError as error:
        return Failed(str(error), "Try again; if it stays so, restart the Mac.")
    # A job that was installed without a desktop login stays in the user's own domain.
    domains = dict.fromkeys((domain, f"user/{host.uid}"))
    found, overrides = await asyncio.gather(
        asyncio.gather(*(job_in(host, one) for one in domains)), read_disabled(host, domain)
    )
    if isinstance(overrides, Failed):
        return overrides
    jobs = []
    for one in found:
        if isinstance(one, Failed):
            return one
        if one is not None:
            jobs.append(one)
    file = read_file(Places.of(host).plist)
    return Seen(
        domain=domain,
        file=file,
        jobs=tuple(jobs),
        override=overrides.get(LABEL),
        file_is_newer=any(older(job, file.changed_at) for job in jobs),
        looked=(
            *((LAUNCHCTL, "print", f"{one}/{LABEL}") for one in domains),
            (LAUNCHCTL, "print-disabled", domain),
        ),
    )


async def job_in(host: Host, domain: str) -> Job | Failed | None:
    """Return the agent's job in one domain, None where launchd does not know it there."""
    try:
        ran = await host.run(LAUNCHCTL, "print", f"{domain}/{LABEL}")
    except ToolError as error:
        return Failed(str(error), "Try again; if it stays so, restart the Mac.")
    if ran.exit in ABSENT:
        return None
    if ran.exit != 0:
        return launchctl_errors.failure(ran)
    job = parse_service(ran.stdout.decode("utf-8", "backslashreplace"))
    if not job.label or not job.complete:
        return Failed("launchctl's answer was cut short or is not one.", "Try again in a moment.")
    # Up to macOS 10.15 the answer names no domain in its first line.
    return msgspec.structs.replace(job, domain=domain)


def read_file(path: Path, label: str = LABEL) -> DefinitionFile:
    """Return a job's definition file with what launchd would hold against it."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return DefinitionFile(str(path), True, None, "it is not a plain file")
        data = read_plain(path)
    except FileNotFoundError:
        return DefinitionFile(str(path))
    except OSError as error:
        return DefinitionFile(str(path), True, None, f"it cannot be read: {error.strerror}")
    try:
        job = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError):
        job = None
    trouble = ""
    if not isinstance(job, dict):
        job, trouble = None, "it is not a property list"
    elif job.get("Label") != label:
        trouble = "it defines another job"
    elif status.st_uid != os.getuid():
        trouble = "it belongs to another user"
    elif status.st_mode & _OTHERS_WRITE:
        trouble = f"others may write it (mode {stat.S_IMODE(status.st_mode):04o})"
    return DefinitionFile(str(path), True, job, trouble, status.st_mtime)


def older(job: Job, changed_at: float) -> bool:
    """Return whether a job's process started before a file was changed."""
    usage = read_usage(job.pid) if job.pid is not None else None
    return usage is not None and changed_at > usage.started_at + _CLOCK_SECONDS
