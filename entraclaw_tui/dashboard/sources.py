"""What the panel reads from the Mac by itself: one async function a source."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from entraclaw_tui.dashboard.logs import log_sources
from entraclaw_tui.dashboard.logs.log_sources import LogSource
from entraclaw_tui.dashboard.read import Read
from entraclaw_tui.ipc.messages import WorkerInfo
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL, Places
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:
    from entraclaw_tui.dashboard.closer import Closer
    from entraclaw_tui.dashboard.job_readers import JobReaders

Examine: TypeAlias = Callable[
    [Loaded[Privacy] | None, WorkerInfo | None],
    Awaitable[Loaded[tuple[Finding, ...]] | Empty | Failed],
]
"""Looks for what is wrong; takes the grants that are known already, or reads them itself, and what
the worker says of itself where it answers."""


class Sources(msgspec.Struct, frozen=True):
    """The readers. Each answers with data, nothing or a failure, and raises nothing expected."""

    machine: Read[Machine]
    job: Read[Job]
    keychain: Read[Keychain]
    privacy: Read[Privacy]
    findings: Examine
    usage: Callable[[int], Usage | None]
    """What the process with this pid uses now. Fast: it asks the kernel."""
    job_story: JobReaders
    """What is read of the job while somebody looks at it closely."""
    closer: Closer
    """What is read of an item or a grant while somebody looks at it closely."""
    logs: tuple[LogSource, ...] = ()


def of_mac(host: Host, places: Places, clock: Callable[[], float]) -> Sources:
    """Return the sources of this Mac, real or pretend.

    Each reader is imported with its first question: the first picture waits for none of them.
    """

    async def machine() -> Loaded[Machine] | Empty | Failed:
        from entraclaw_tui.macos import system

        return Loaded(await system.read_machine(host), clock())

    async def job() -> Loaded[Job] | Empty | Failed:
        from entraclaw_tui.macos import jobs

        return await jobs.read_job(host, LABEL)

    async def keychain_items() -> Loaded[Keychain] | Empty | Failed:
        from entraclaw_tui.macos import keychain, keychain_state

        found, state = await asyncio.gather(
            keychain.read_keychain(host), keychain_state.read_state(host)
        )
        if not isinstance(found, Loaded):
            return found
        return Loaded(msgspec.structs.replace(found.value, state=state), found.at)

    async def privacy_grants() -> Loaded[Privacy] | Empty | Failed:
        from entraclaw_tui.macos import privacy

        return await privacy.read_privacy(host)

    async def findings(
        known: Loaded[Privacy] | None, worker: WorkerInfo | None
    ) -> Loaded[tuple[Finding, ...]]:
        from entraclaw_tui.dashboard import settings_findings
        from entraclaw_tui.doctor import findings as doctor
        from entraclaw_tui.doctor.evidence import WorkerWord

        async def word() -> WorkerWord | None:
            if worker is None:
                return None  # the status line says already that it does not answer
            return WorkerWord(
                True,
                worker.keychain,
                worker.storage,
                worker.paused,
                worker.note,
                waits_for=worker.waits_for,
                certificates=worker.certificates,
            )

        found = await doctor.examine(host, known, word)
        own = settings_findings.found(places.config, host.shown(places.config))
        return Loaded(tuple(doctor.ordered([*found, *own])), clock())

    def usage_of(pid: int) -> Usage | None:
        from entraclaw_tui.macos import usage

        return usage.read_usage(pid)

    from entraclaw_tui.dashboard import closer, job_readers

    return Sources(
        machine=machine,
        job=job,
        keychain=keychain_items,
        privacy=privacy_grants,
        findings=findings,
        usage=usage_of,
        job_story=job_readers.of_mac(host, clock),
        closer=closer.of_mac(host, clock),
        logs=log_sources.of_mac(host, places),
    )
