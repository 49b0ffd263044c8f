"""A job's property list, read the way launchd.plist(5) describes it."""

from __future__ import annotations

import os
import plistlib
import stat
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

from entraclaw_tui.demo.mac.launchd.calendar import Moment, moments
from entraclaw_tui.demo.mac.launchd.reader import DefinitionError, Reader

DEFAULT_THROTTLE = 10
DEFAULT_EXIT_TIMEOUT = 5
"""Seconds; what launchd prints and does, although launchd.plist(5) says 20."""


@dataclass(frozen=True, slots=True)
class SocketSpec:
    """One entry of `Sockets`."""

    name: str
    path: str = ""
    """Of a Unix socket; empty for TCP."""
    mode: int | None = None
    node: str = ""
    port: str = ""
    kind: str = "stream"
    passive: bool = True


@dataclass(frozen=True, slots=True)
class Definition:
    """What a property list says of a job."""

    label: str
    path: Path
    program: str
    arguments: tuple[str, ...]
    inferred_program: bool
    """Whether the program is simply the first argument."""
    run_at_load: bool = False
    keep_alive: bool = False
    successful_exit: bool | None = None
    crashed: bool | None = None
    path_state: dict[str, bool] = field(default_factory=dict)
    other_jobs: dict[str, bool] = field(default_factory=dict)
    interval: int | None = None
    calendar: tuple[Moment, ...] = ()
    watch_paths: tuple[str, ...] = ()
    queue_directories: tuple[str, ...] = ()
    throttle: int = DEFAULT_THROTTLE
    exit_timeout: int = DEFAULT_EXIT_TIMEOUT
    """0 means: wait for ever."""
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    working_directory: str = ""
    umask: int | None = None
    sockets: tuple[SocketSpec, ...] = ()
    process_type: str = "Standard"
    sessions: tuple[str, ...] = ("Aqua",)
    disabled: bool = False
    nice: int | None = None
    abandon_group: bool = False
    soft_limits: dict[str, int] = field(default_factory=dict)
    hard_limits: dict[str, int] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict)

    @property
    def polls(self) -> bool:
        """Whether something on the disk decides when it starts."""
        return bool(self.path_state or self.watch_paths or self.queue_directories)

    @property
    def starts_when_loaded(self) -> bool:
        """Whether loading starts it; a SuccessfulExit condition implies RunAtLoad."""
        return self.run_at_load or self.keep_alive or self.successful_exit is not None


def load(path: Path) -> Definition:
    """Read a property list. Raises DefinitionError for all that launchd refuses."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or path.suffix != ".plist":
            raise DefinitionError("not a property list file", 122)
        if status.st_uid not in (0, os.getuid()) or status.st_mode & 0o022:
            raise DefinitionError("Path had bad ownership/permissions", 122)
        raw = plistlib.loads(path.read_bytes())
    except OSError as error:
        raise DefinitionError(error.strerror or str(error), error.errno or 5) from None
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError) as error:
        raise DefinitionError(f"Invalid property list: {error}") from None
    if not isinstance(raw, dict):
        raise DefinitionError("Invalid property list")
    return define(raw, path)


def define(raw: dict[str, object], path: Path) -> Definition:
    """Return the definition that a property list's dictionary stands for."""
    read = Reader(raw)
    arguments = read.strings("ProgramArguments")
    program = read.text("Program")
    label = read.text("Label")
    if not label or "/" in label:
        raise DefinitionError("Invalid property list: no label")
    if not program and not arguments:
        raise DefinitionError("Invalid property list: no program")
    keep = raw.get("KeepAlive", False)
    conditions = Reader(keep) if isinstance(keep, dict) else None
    throttle = read.number("ThrottleInterval")
    timeout = read.number("ExitTimeOut")
    return Definition(
        label=label,
        path=path,
        program=program or arguments[0],
        arguments=arguments or (program,),
        inferred_program=not program,
        run_at_load=read.flag("RunAtLoad") or False,
        keep_alive=keep is True,
        successful_exit=conditions.flag("SuccessfulExit") if conditions else None,
        crashed=conditions.flag("Crashed") if conditions else None,
        path_state=conditions.flags("PathState") if conditions else {},
        other_jobs=conditions.flags("OtherJobEnabled") if conditions else {},
        interval=read.number("StartInterval") or None,
        calendar=moments(raw.get("StartCalendarInterval")),
        watch_paths=read.strings("WatchPaths"),
        queue_directories=read.strings("QueueDirectories"),
        throttle=throttle or DEFAULT_THROTTLE,
        exit_timeout=DEFAULT_EXIT_TIMEOUT if timeout is None else timeout,
        stdin=read.text("StandardInPath"),
        stdout=read.text("StandardOutPath"),
        stderr=read.text("StandardErrorPath"),
        environment=read.texts("EnvironmentVariables"),
        working_directory=read.text("WorkingDirectory"),
        umask=read.mode("Umask"),
        sockets=_sockets(raw.get("Sockets")),
        process_type=read.text("ProcessType") or "Standard",
        sessions=read.strings("LimitLoadToSessionType") or ("Aqua",),
        disabled=read.flag("Disabled") or False,
        nice=read.number("Nice", least=-20),
        abandon_group=read.flag("AbandonProcessGroup") or False,
        soft_limits=read.numbers("SoftResourceLimits"),
        hard_limits=read.numbers("HardResourceLimits"),
        raw=raw,
    )


def _sockets(value: object) -> tuple[SocketSpec, ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise DefinitionError("Invalid property list: Sockets")
    specs = []
    for name, entries in value.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if not isinstance(entry, dict):
                raise DefinitionError("Invalid property list: Sockets")
            read = Reader(entry)
            specs.append(
                SocketSpec(
                    name=str(name),
                    path=read.text("SockPathName"),
                    mode=read.mode("SockPathMode"),
                    node=read.text("SockNodeName"),
                    port=str(entry.get("SockServiceName", "")),
                    kind=read.text("SockType") or "stream",
                    passive=read.flag("SockPassive") is not False,
                )
            )
    return tuple(specs)
