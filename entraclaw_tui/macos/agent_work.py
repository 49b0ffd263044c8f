"""What each kind of step does, and how it proves that it was done."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable

from entraclaw_tui.macos import agent_plist, install_record, launchctl_errors, osstatus
from entraclaw_tui.macos.agent_files import is_folder, remove
from entraclaw_tui.macos.agent_plans import STOPPING
from entraclaw_tui.macos.agent_recipes import TOOL_SECONDS
from entraclaw_tui.macos.agent_seen import job_in
from entraclaw_tui.macos.agent_steps import Kind, Plan, Step
from entraclaw_tui.macos.agent_waits import (
    AGAIN,
    FAILED,
    STARTING,
    TRY_AGAIN,
    Before,
    Patience,
    Trouble,
    ended,
    until_gone,
    until_running,
)
from entraclaw_tui.macos.host import Host, Ran
from entraclaw_tui.macos.jobs import read_disabled
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Failed

_RETRIED = launchctl_errors.PASSING | {launchctl_errors.REFUSED}
"""Refusals of `bootstrap` that are tried again: 5 stands for nearly everything."""


class NotNeeded(Exception):
    """There was nothing to do for a step. The message says why."""


class Work:
    """Does single steps of one plan, in their order."""

    def __init__(self, host: Host, plan: Plan, patience: Patience) -> None:
        self._host = host
        self._plan = plan
        self._patience = patience
        self._before = Before()
        """What the job was before the last step that started it."""
        self._ways: dict[Kind, Callable[[Step], Awaitable[str]]] = {
            Kind.WRITE: self._write,
            Kind.RECORD: self._record,
            Kind.REMOVE: self._remove,
            Kind.BOOTOUT: self._bootout,
            Kind.GONE: self._gone,
            Kind.ENABLE: self._say,
            Kind.DISABLE: self._say,
            Kind.OVERRIDE: self._override,
            Kind.BOOTSTRAP: self._bootstrap,
            Kind.KICKSTART: self._kickstart,
            Kind.NUDGE: self._nudge,
            Kind.RUNNING: self._running,
            Kind.DELETE_ITEM: self._delete_item,
            Kind.DELETE_FOLDER: self._delete_folder,
        }

    async def do(self, step: Step) -> str:
        """Do one step and return what came of it, in words.

        Raises NotNeeded or Trouble; ToolError, HostError and OSError come through.
        """
        return await self._ways[step.kind](step)

    async def _run(self, step: Step) -> Ran:
        deadline = max(step.seconds, TOOL_SECONDS)
        return await self._host.run(*step.command, deadline=deadline)

    async def _job(self, domain: str) -> Job | None:
        job = await job_in(self._host, domain)
        if isinstance(job, Failed):
            raise Trouble(job.reason, job.hint, TRY_AGAIN)
        return job

    async def _write(self, _: Step) -> str:
        plan = self._plan
        agent_plist.write(self._host, plan.python, desktop=plan.desktop)
        return "written"

    async def _record(self, _: Step) -> str:
        host, python = self._host, self._plan.python
        agent_plist.make_folders(Places.of(host))
        record = await asyncio.to_thread(install_record.write, host, python)
        package, interpreter = record.package.digest, record.python.digest
        return (
            f"package {package.sha256[:12]} ({package.files} files), "
            f"interpreter {interpreter.sha256[:12]}"
        )

    async def _remove(self, step: Step) -> str:
        remove(step.path)
        return "removed"

    async def _bootout(self, step: Step) -> str:
        ran = await self._run(step)
        if ran.exit == 0:
            return "launchd takes it out"
        # Whatever it answered: what counts is whether the job leaves.
        job = await self._job(step.domain)
        if job is None:
            raise NotNeeded("it was gone already")
        if ran.exit == launchctl_errors.IN_PROGRESS or job.state in STOPPING:
            return "launchd is at it already"
        raise _refused(ran)

    async def _gone(self, step: Step) -> str:
        await until_gone(self._host, step.domain, step.pid, step.seconds, self._patience)
        return "gone" if step.pid is None else f"gone, and so is its process {step.pid}"

    async def _say(self, step: Step) -> str:
        ran = await self._run(step)
        if ran.exit != 0:
            raise _refused(ran)
        return "launchd took it"

    async def _override(self, step: Step) -> str:
        said = await read_disabled(self._host, step.domain)
        if isinstance(said, Failed):
            raise Trouble(said.reason, said.hint, TRY_AGAIN)
        if said.get(LABEL, False) != step.disabled:
            has = "disabled" if not step.disabled else "not disabled"
            raise Trouble(f"launchd took the command, and still has the job as {has}.", AGAIN)
        return "disabled" if step.disabled else "not disabled"

    async def _bootstrap(self, step: Step) -> str:
        self._before = Before()
        for pause in (*self._patience.retries, None):
            ran = await self._run(step)
            # Neither status is proof: 5 has been seen for a job that was loaded, 0 for one that
            # was not.
            job = await self._job(step.domain)
            if job is not None and job.state not in STOPPING:
                return "loaded" if ran.exit == 0 else f"loaded, though launchctl said {ran.exit}"
            if pause is None or (ran.exit != 0 and ran.exit not in _RETRIED):
                break
            await asyncio.sleep(pause)
        if ran.exit == 0:
            raise Trouble("launchctl said that it loaded the job, and launchd has none.", AGAIN)
        raise _refused(ran)

    async def _kickstart(self, step: Step) -> str:
        job = await self._job(step.domain)
        if job is None:
            raise Trouble("launchd does not have the job any more.", AGAIN, TRY_AGAIN)
        kill = "-k" in step.command
        self._before = Before(job.pid if kill else None, job.runs or 0)
        ran = await self._run(step)
        if ran.exit == launchctl_errors.ALREADY and not kill:
            return "it had started by itself"
        if ran.exit != 0:
            raise _refused(ran)
        return "launchd starts it"

    async def _nudge(self, step: Step) -> str:
        job = await self._starts_by_itself(step)
        if not job.alive and (job.runs or 0) > 0:
            raise ended(job)
        if job.alive or job.state in STARTING:
            raise NotNeeded("it started by itself")
        ran = await self._run(step)
        if ran.exit not in (0, launchctl_errors.ALREADY):
            raise _refused(ran)
        held = f" (held back: {job.pended})" if job.pended else ""
        return f"launchd starts it{held}"

    async def _starts_by_itself(self, step: Step) -> Job:
        """Return the job once it has started or launchd says that it does not."""
        end = time.monotonic() + self._patience.settled
        while True:
            job = await self._job(step.domain)
            if job is None:
                raise Trouble("launchd does not have the job any more.", AGAIN, TRY_AGAIN)
            if job.alive or job.pended or job.runs or time.monotonic() >= end:
                return job
            await asyncio.sleep(self._patience.first)

    async def _running(self, step: Step) -> str:
        job = await until_running(
            self._host, step.domain, self._before, step.seconds, self._patience
        )
        return f"it runs: pid {job.pid} in {job.domain}"

    async def _delete_item(self, step: Step) -> str:
        ran = await self._run(step)
        if ran.exit == osstatus.NOT_FOUND:
            raise NotNeeded("it was gone already")
        if ran.exit != 0:
            failed = osstatus.failure(ran)
            raise Trouble(failed.reason, failed.hint)
        return "deleted"

    async def _delete_folder(self, step: Step) -> str:
        if not is_folder(step.path):
            raise Trouble(f"{self._host.shown(step.path)} is no folder; it was left alone.")
        await asyncio.to_thread(shutil.rmtree, step.path)
        return "deleted"


def _refused(ran: Ran) -> Trouble:
    failed = launchctl_errors.failure(ran)
    code = TRY_AGAIN if ran.exit in launchctl_errors.PASSING else FAILED
    return Trouble(f"{failed.reason} (launchctl: {ran.exit})", failed.hint, code)
