"""What reads the job's story from the Mac: one async function a question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from entraclaw_tui.dashboard import job_keys as key
from entraclaw_tui.dashboard.key import Key
from entraclaw_tui.dashboard.study import Study
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.source import Empty, Failed, Loaded

if TYPE_CHECKING:  # each reader is imported with its first question
    from pathlib import Path

    from entraclaw_tui.dashboard.read import Read
    from entraclaw_tui.macos.assessment import Assessment
    from entraclaw_tui.macos.entitlements import Entitlement
    from entraclaw_tui.macos.hidden import Hidden
    from entraclaw_tui.macos.interpreter import Program
    from entraclaw_tui.macos.login_items import LoginItem
    from entraclaw_tui.model.job import Domain, EnvironmentName, JobDefinition, Process
    from entraclaw_tui.model.log import LogLine
    from entraclaw_tui.model.privacy import Signature

T = TypeVar("T")

# Seconds between two questions while somebody looks. What hashes a program or may go online is
# asked once for as long as a person is likely to stay.
_SOON, _SELDOM = 15.0, 600.0
_PACES = {
    "program": 4 * _SOON,
    "environment": 4 * _SOON,
    **dict.fromkeys(("signature", "entitlements", "assessment", "ticket"), _SELDOM),
}

KEYS: dict[str, Key[object]] = {
    "definition": key.DEFINITION,
    "started": key.STARTED,
    "process": key.PROCESS,
    "domain": key.DOMAIN,
    "program": key.PROGRAM,
    "environment": key.ENVIRONMENT,
    "told": key.TOLD,
    "said": key.SAID,
    "signature": key.SIGNATURE,
    "entitlements": key.ENTITLEMENTS,
    "assessment": key.ASSESSMENT,
    "ticket": key.TICKET,
}
"""The readers that run while somebody looks, each with the source it fills."""
FOLLOWING = frozenset(
    one.name for one in (key.DEFINITION, key.STARTED, key.PROCESS, key.DOMAIN, key.TOLD, key.SAID)
)
"""What is old as soon as launchd says something new of the job."""


class JobReaders(msgspec.Struct, frozen=True):
    """The readers. Each answers with data, nothing or a failure, and raises nothing expected."""

    definition: Read[JobDefinition]
    started: Read[str]
    process: Read[Process]
    domain: Read[Domain]
    program: Read[Program]
    environment: Read[tuple[EnvironmentName, ...]]
    told: Read[tuple[LogLine, ...]]
    """What launchd's log says of the job."""
    said: Read[tuple[str, ...]]
    """What the job wrote on standard error."""
    signature: Read[Signature]
    entitlements: Read[dict[str, Entitlement]]
    assessment: Read[Assessment]
    ticket: Read[bool]
    login_items: Read[tuple[LoginItem, ...]]
    """May ask for a password: only when a person wants it."""
    value: Callable[[EnvironmentName], Awaitable[Hidden | Failed]]
    """Reads the value of one variable."""

    def study(self, study: Study) -> None:
        """Hand them to what asks them while somebody looks."""
        for name, source in KEYS.items():
            read: Read[object] = getattr(self, name)
            study.add(source, read, _PACES.get(name, _SOON))


def of_mac(host: Host, clock: Callable[[], float], label: str = LABEL) -> JobReaders:
    """Return the readers of one job of this Mac, real or pretend."""

    def told(found: T | Empty | Failed) -> Loaded[T] | Empty | Failed:
        return found if isinstance(found, Empty | Failed) else Loaded(found, clock())

    async def program() -> Loaded[Program] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_program(host, label)

    async def on_program(
        read: Callable[[Path], Awaitable[T | Empty | Failed]],
    ) -> T | Empty | Failed:
        """Read something of the file that macOS judges."""
        from entraclaw_tui.macos.interpreter import on_disk

        found = await program()
        if not isinstance(found, Loaded):
            return found
        if not found.value.there:
            return Empty("The program is not there, or may not be run.")
        return await read(on_disk(host, found.value.real))

    async def definition() -> Loaded[JobDefinition] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_definition(host, label)

    async def started() -> Loaded[str] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_started(host, label)

    async def process() -> Loaded[Process] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_running(host, label)

    async def domain() -> Loaded[Domain] | Empty | Failed:
        from entraclaw_tui.macos import jobs

        return await jobs.read_domain(host)

    async def environment() -> Loaded[tuple[EnvironmentName, ...]] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_environment(host, label)

    async def log() -> Loaded[tuple[LogLine, ...]] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_told(host, label)

    async def said() -> Loaded[tuple[str, ...]] | Empty | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_said(host, label)

    async def signature() -> Loaded[Signature] | Empty | Failed:
        from entraclaw_tui.macos import signature

        return told(await on_program(lambda path: signature.read_signature(host, path)))

    async def entitlements() -> Loaded[dict[str, Entitlement]] | Empty | Failed:
        from entraclaw_tui.macos import signature

        found = await on_program(lambda path: signature.read_entitlements(host, path))
        return told(found if found else Empty("It is entitled to nothing."))

    async def assessment() -> Loaded[Assessment] | Empty | Failed:
        from entraclaw_tui.macos import signature

        return told(await on_program(lambda path: signature.read_assessment(host, path)))

    async def ticket() -> Loaded[bool] | Empty | Failed:
        from entraclaw_tui.macos import signature

        return told(await on_program(lambda path: signature.read_ticket(host, path)))

    async def login_items() -> Loaded[tuple[LoginItem, ...]] | Empty | Failed:
        from entraclaw_tui.macos import login_items

        return await login_items.read_login_items(host, label)

    async def value(name: EnvironmentName) -> Hidden | Failed:
        from entraclaw_tui.macos import job_story

        return await job_story.read_value(host, name, label)

    return JobReaders(
        definition=definition,
        started=started,
        process=process,
        domain=domain,
        program=program,
        environment=environment,
        told=log,
        said=said,
        signature=signature,
        entitlements=entitlements,
        assessment=assessment,
        ticket=ticket,
        login_items=login_items,
        value=value,
    )
