"""A job looked at closely, one reader a question; asked only while somebody looks."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from entraclaw_tui.macos import launchctl_errors, logs
from entraclaw_tui.macos.agent_seen import older, read_file
from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.macos.host import Host, ToolError
from entraclaw_tui.macos.interpreter import Program, find_program, on_disk
from entraclaw_tui.macos.job_compare import compare
from entraclaw_tui.macos.jobs import LAUNCHCTL, parse_service, read_job, read_print
from entraclaw_tui.macos.launchctl_environment import environments
from entraclaw_tui.macos.launchctl_refusals import parse_blame
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.macos.usage import read_process
from entraclaw_tui.model.job import Compared, EnvironmentName, JobDefinition, Process
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.source import Empty, Failed, Loaded

LOG_LINES = 20_000
"""Lines from the end of launchd's log that are looked through: it is about every job."""
TOLD_LINES = 300
"""Lines about one job that are kept of these, the last ones."""
SAID_LINES = 30
"""Lines of what a job wrote last that are read."""
_OWN = "environment"
_RESTS = "not running"


async def read_definition(host: Host, label: str = LABEL) -> Loaded[JobDefinition] | Empty | Failed:
    """Return a job's definition file beside what launchd loaded of it."""
    text = await read_print(host, label)
    job = parse_service(text) if isinstance(text, str) else None
    path = Path(job.path) if job is not None and job.path.startswith("/") else _usual(host, label)
    file = await asyncio.to_thread(read_file, path, label)
    if job is None and not file.there:
        if isinstance(text, Failed):
            return text
        return Empty(f"There is no definition at {host.shown(path)}, and launchd knows none.")
    keys: tuple[Compared, ...] = ()
    if job is not None and isinstance(text, str) and file.job is not None:
        keys = compare(job, file.job, environments(text).get(_OWN, {}))
    return Loaded(
        JobDefinition(
            host.shown(path),
            file.there,
            file.trouble,
            None if isinstance(text, Failed) else job is not None,
            keys,
            job is not None and file.there and older(job, file.changed_at),
        ),
        time.time(),
    )


async def read_environment(
    host: Host, label: str = LABEL
) -> Loaded[tuple[EnvironmentName, ...]] | Empty | Failed:
    """Return which variables a job's process gets; their values are dropped at once."""
    text = await read_print(host, label)
    if not isinstance(text, str):
        return text
    names = tuple(
        EnvironmentName(kind, name, len(value.reveal()))
        for kind, values in environments(text).items()
        for name, value in values.items()
    )
    return Loaded(names, time.time()) if names else Empty("launchd tells no variable of this job.")


async def read_value(host: Host, name: EnvironmentName, label: str = LABEL) -> Hidden | Failed:
    """Return the value of one variable, read now, for a person who asked for this one."""
    text = await read_print(host, label)
    if not isinstance(text, str):
        return Failed(text.reason)
    found = environments(text).get(name.kind, {}).get(name.name)
    return found if found is not None else Failed(f"{name.name} is not set any more.")


async def read_started(host: Host, label: str = LABEL) -> Loaded[str] | Empty | Failed:
    """Return launchd's word for why a job's process was started (`launchctl blame`)."""
    found = await read_job(host, label)
    if not isinstance(found, Loaded):
        return found
    try:
        ran = await host.run(LAUNCHCTL, "blame", f"{found.value.domain}/{label}")
    except ToolError as error:
        return Failed(str(error))
    if ran.exit in (launchctl_errors.NO_PROCESS, launchctl_errors.NOT_LOADED):
        return Empty("There is no process.")
    if ran.exit != 0:
        return launchctl_errors.failure(ran)
    reason = parse_blame(ran.stdout.decode("utf-8", "backslashreplace"))
    if reason == _RESTS:
        return Empty("There is no process.")
    return Loaded(reason, time.time()) if reason else Empty("launchd does not say why.")


async def read_running(host: Host, label: str = LABEL) -> Loaded[Process] | Empty | Failed:
    """Return a job's process, looked at closely."""
    found = await read_job(host, label)
    if not isinstance(found, Loaded):
        return found
    pid = found.value.pid
    process = await asyncio.to_thread(read_process, pid) if pid is not None else None
    return Loaded(process, time.time()) if process is not None else Empty("There is no process.")


async def read_program(host: Host, label: str = LABEL) -> Loaded[Program] | Empty | Failed:
    """Return what a job starts, by what launchd loaded, or by its file where it loaded none."""
    found = await read_job(host, label)
    if isinstance(found, Loaded):
        job = found.value
        arguments = job.arguments or ((job.program,) if job.program else ())
    else:
        file = await asyncio.to_thread(read_file, _usual(host, label), label)
        listed = (file.job or {}).get("ProgramArguments")
        arguments = tuple(map(str, listed)) if isinstance(listed, list) else ()
    program = await asyncio.to_thread(find_program, host, arguments)
    if program is None and isinstance(found, Failed):
        return found
    if program is None:
        return Empty("No definition names a program.")
    return Loaded(program, time.time())


async def read_told(host: Host, label: str = LABEL) -> Loaded[tuple[LogLine, ...]] | Empty | Failed:
    """Return what launchd's own log says of a job lately, the oldest first."""
    path = Places.of(host).launchd_log
    try:
        looked, lines = await asyncio.to_thread(_about, path, label)
    except OSError as error:
        return Failed(f"launchd's log cannot be read: {error.strerror}.")
    if not looked:
        return Empty("launchd's log is not there, or empty.")
    if not lines:
        return Empty(f"launchd's log says nothing of it in its last {looked} lines.")
    found = tuple(logs.parse_launchd_line(line) for line in lines)
    return Loaded(found, time.time())


async def read_said(host: Host, label: str = LABEL) -> Loaded[tuple[str, ...]] | Empty | Failed:
    """Return the last lines that a job wrote on standard error, where launchd keeps them."""
    found = await read_job(host, label)
    if not isinstance(found, Loaded):
        return found
    named = found.value.stderr_path
    if not named:
        return Empty("What it writes on standard error is kept nowhere.")
    try:
        lines = await asyncio.to_thread(logs.last_lines, on_disk(host, named), SAID_LINES)
    except OSError as error:
        return Failed(f"{host.shown(named)} cannot be read: {error.strerror}.")
    told = tuple(line for line in lines if line.strip())
    return Loaded(told, time.time()) if told else Empty("It wrote nothing on standard error.")


def _about(path: Path, label: str) -> tuple[int, list[str]]:
    """Return how many lines were looked through, and the last of them that name a job."""
    lines = logs.last_lines(path, LOG_LINES)
    # `com.example` is not `com.example.helper`.
    named = (f"/{label} [", f"/{label})")
    return len(lines), [one for one in lines if any(n in one for n in named)][-TOLD_LINES:]


def _usual(host: Host, label: str) -> Path:
    """Return where the definition of a person's own agent lies."""
    return Places.of(host).launch_agents / f"{label}.plist"
