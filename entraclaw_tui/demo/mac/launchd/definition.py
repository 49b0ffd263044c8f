"""A job's property list, read the way launchd.plist(5) describes it."""

from __future__ import annotations

import os
import plistlib
import stat
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

DEFAULT_THROTTLE = 10
DEFAULT_EXIT_TIMEOUT = 5
"""Seconds; what launchd prints and does, although launchd.plist(5) says 20."""


class DefinitionError(Exception):
    """The file defines no job. `code` is launchd's error number for it."""

    def __init__(self, message: str, code: int = 109) -> None:
        super().__init__(message)
        self.code = code


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
    interval: int | None = None
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
    raw: dict[str, object] = field(default_factory=dict)

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
    read = _Reader(raw)
    arguments = read.strings("ProgramArguments")
    program = read.text("Program")
    label = read.text("Label")
    if not label or "/" in label:
        raise DefinitionError("Invalid property list: no label")
    if not program and not arguments:
        raise DefinitionError("Invalid property list: no program")
    keep = raw.get("KeepAlive", False)
    conditions = _Reader(keep) if isinstance(keep, dict) else None
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
        interval=read.number("StartInterval") or None,
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
            read = _Reader(entry)
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


class _Reader:
    """Takes typed values out of a dictionary; a wrong type is a refused definition."""

    def __init__(self, raw: dict[str, object]) -> None:
        self._raw = raw

    def text(self, key: str) -> str:
        value = self._raw.get(key, "")
        if not isinstance(value, str):
            raise DefinitionError(f"Invalid property list: {key}")
        return value

    def flag(self, key: str) -> bool | None:
        value = self._raw.get(key)
        if value is not None and not isinstance(value, bool):
            raise DefinitionError(f"Invalid property list: {key}")
        return value

    def number(self, key: str, least: int = 0) -> int | None:
        value = self._raw.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or value < least:
            raise DefinitionError(f"Invalid property list: {key}")
        return int(value)

    def mode(self, key: str) -> int | None:
        # A number is decimal in the file; a string is read the way strtoul(3) reads octal.
        value = self._raw.get(key)
        try:
            mode = int(value, 8) if isinstance(value, str) else self.number(key)
        except ValueError:
            raise DefinitionError(f"Invalid property list: {key}") from None
        if mode is not None and mode > 0o7777:
            raise DefinitionError(f"Invalid property list: {key}")
        return mode

    def strings(self, key: str) -> tuple[str, ...]:
        value = self._raw.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise DefinitionError(f"Invalid property list: {key}")
        return tuple(values)

    def texts(self, key: str) -> dict[str, str]:
        value = self._raw.get(key, {})
        if not isinstance(value, dict):
            raise DefinitionError(f"Invalid property list: {key}")
        return {str(name): str(text) for name, text in value.items()}
