"""Waiting for launchd: until the job is gone, until it runs. Each wait has an end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psutil

from entraclaw_tui.macos.agent_plans import STOPPING
from entraclaw_tui.macos.agent_seen import job_in
from entraclaw_tui.macos.host import Host
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Failed

FAILED = 2
TRY_AGAIN = 75

STARTING = frozenset({"spawn scheduled", "spawning", "spawned", "xpcproxy"})
"""launchd's words for a process that is not the job's program yet."""

AGAIN = "Run the same command again; it goes on from what it finds."
_LOGS = "Look at `entraclaw-tui logs`, or ask `entraclaw-tui doctor`."
_CONFIG = (
    "The program is missing or may not be run, or a log file or folder of its definition cannot "
    "be opened. `entraclaw-tui agent install` writes the definition anew."
)


class Trouble(Exception):
    """A step did not do what it should. The message is for a person."""

    def __init__(self, message: str, hint: str = "", exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited between looks, in seconds."""

    first: float = 0.05
    longest: float = 0.5
    settled: float = 1.0
    """How long a started job must go on running before we believe it."""
    retries: tuple[float, ...] = (0.5, 1.0, 2.0)
    """Pauses before each new try to load the job."""


@dataclass(frozen=True, slots=True)
class Before:
    """What the job was just before it was started."""

    pid: int | None = None
    runs: int = 0


async def until_gone(
    host: Host, domain: str, pid: int | None, seconds: float, patience: Patience
) -> None:
    """Return once launchd has forgotten the job and no process of it is left. Raises Trouble."""
    end = time.monotonic() + seconds
    pause = patience.first
    watched = _watch({}, pid)
    while True:
        job = await job_in(host, domain)
        if isinstance(job, Job):
            watched = _watch(watched, job.pid)
        left = [pid for pid, started in watched.items() if _started(pid) == started]
        if job is None and not left:
            return
        if time.monotonic() >= end:
            raise _not_gone(job, left, seconds)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, patience.longest)


async def until_running(
    host: Host, domain: str, before: Before, seconds: float, patience: Patience
) -> Job:
    """Return the job once it runs as another process than before and goes on. Raises Trouble."""
    end = time.monotonic() + seconds
    pause = patience.first
    pid, since = 0, 0.0
    while True:
        job = await job_in(host, domain)
        now = time.monotonic()
        if isinstance(job, Job):
            runs = job.alive and job.state not in STARTING | STOPPING and job.pid != before.pid
            if pid and job.pid != pid:
                raise ended(job)
            if runs and not pid:
                pid, since = job.pid or 0, now
            if pid and now - since >= patience.settled:
                return job
            if not job.alive and (job.runs or 0) > before.runs:
                raise ended(job)
        elif job is None:
            raise Trouble("launchd does not have the job any more.", "Try it again.", TRY_AGAIN)
        if now >= end:
            raise _not_up(job, seconds)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, patience.longest)


def ended(job: Job) -> Trouble:
    """Return what to say of a job that ended right after its start."""
    how = (
        f"last terminating signal {job.last_signal}"
        if job.last_signal
        else job.last_reason or f"last exit code {job.last_exit or 'unknown'}"
    )
    hint = _CONFIG if job.last_exit.startswith("78") else _LOGS
    return Trouble(f"The agent was started and ended at once: {how}.", hint)


def _not_gone(job: Job | Failed | None, left: list[int], seconds: float) -> Trouble:
    if isinstance(job, Failed):
        return Trouble(job.reason, job.hint or AGAIN, TRY_AGAIN)
    if job is None:
        who = ", ".join(map(str, left))
        return Trouble(
            f"launchd has let the job go, but its process {who} still runs after {seconds:g} s.",
            AGAIN,
            TRY_AGAIN,
        )
    if job.state in STOPPING:
        return Trouble(
            f"After {seconds:g} s the job is still ending (state {job.state}, pid {job.pid}).",
            AGAIN,
            TRY_AGAIN,
        )
    return Trouble(
        f"After {seconds:g} s the job is still loaded (state {job.state or 'unknown'}).",
        "Something may have loaded it again. " + AGAIN,
        TRY_AGAIN,
    )


def _not_up(job: Job | Failed, seconds: float) -> Trouble:
    if isinstance(job, Failed):
        return Trouble(job.reason, job.hint, TRY_AGAIN)
    if job.pended:
        return Trouble(
            f"macOS holds the start back (pended: {job.pended}).",
            "It may be waiting for a restart of the Mac; try again after it.",
            TRY_AGAIN,
        )
    return Trouble(
        f"The job does not run after {seconds:g} s (state {job.state or 'unknown'}).",
        _LOGS,
        TRY_AGAIN,
    )


def _watch(watched: dict[int, float], pid: int | None) -> dict[int, float]:
    if pid is None or pid in watched or (started := _started(pid)) is None:
        return watched
    return {**watched, pid: started}


def _started(pid: int) -> float | None:
    """Return when a process began, None where it has ended: a pid is given again, a start not."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.Error, ValueError, OverflowError):
        return None
