"""Everything at a glance: the Mac, the job, the worker, what waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import age, look, now, print_json, print_table
from entraclaw_tui.ipc.messages import Snapshot, WorkerInfo
from entraclaw_tui.model.certificate import CertificateEnd
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.keychain import Keychain
from entraclaw_tui.model.machine import Machine
from entraclaw_tui.model.source import Empty, Failed, Loaded, value_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from entraclaw_tui.macos.host import Host

T = TypeVar("T")

ANSWER_SECONDS = 2.5
"""How long each part may take to answer; all are asked at the same time."""


class Counts(msgspec.Struct, frozen=True):
    """How many there are."""

    pending: int
    grants: int
    tokens: int


class Status(msgspec.Struct, frozen=True):
    """The answer of `status --json`."""

    machine: Machine
    job: Loaded[Job] | Empty | Failed
    worker: WorkerInfo | None
    worker_problem: str
    counts: Counts | None
    keychain_items: int | None
    unanswered: tuple[str, ...] = ()
    """The parts that did not answer in time: `mac`, `job`, `keychain`, `worker`."""


@click.command()
@json_option
@watch_option
@click.pass_obj
def status(settings: Settings, as_json: bool, plain: bool, watch: bool) -> int:
    """Everything at a glance. Exit code 0: the worker answers; 1: it is paused; 2: it does not."""
    host = open_host(settings)

    async def once() -> int:
        found = await _gather(host)
        if as_json:
            print_json(found)
        else:
            print_table(("status", ""), _rows(found), "")
        if found.worker is None:
            return exits.ERRORS
        return exits.WARNED if found.worker.paused or found.worker.note else exits.FINE

    return look(once, watch=watch, as_json=as_json)


async def _gather(host: Host) -> Status:
    from entraclaw_tui.macos.jobs import read_job
    from entraclaw_tui.macos.keychain import read_keychain
    from entraclaw_tui.macos.places import LABEL
    from entraclaw_tui.macos.system import over_ssh, read_machine

    machine, job, keychain, worker = await asyncio.gather(
        _in_time(read_machine(host)),
        _in_time(read_job(host, LABEL)),
        _in_time(read_keychain(host)),
        _in_time(_snapshot(host)),
    )
    asked = {"mac": machine, "job": job, "keychain": keychain, "worker": worker}
    items: Keychain | None = value_of(keychain)
    snapshot = worker if isinstance(worker, Snapshot) else None
    silence = f"did not answer within {ANSWER_SECONDS:g} s."
    return Status(
        machine
        or Machine(
            host.name, host.user, host.uid, "", "", host.domain, host.pretend, over_ssh(), None
        ),
        job or Failed(f"launchd {silence}", "Try again; if it stays so, restart the Mac."),
        snapshot.worker if snapshot else None,
        worker if isinstance(worker, str) else "" if snapshot else f"The worker {silence}",
        _counts(snapshot) if snapshot else None,
        len(items.items) if items else None,
        tuple(name for name, answer in asked.items() if answer is None),
    )


async def _in_time(part: Awaitable[T]) -> T | None:
    """Return what a part says, None where it takes too long: what the others say is worth it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await part
    except TimeoutError:
        return None


def _certificate(one: CertificateEnd) -> str:
    days = one.days_left(now())
    left = "has ended" if one.ends_at <= now() else f"{days} d left" if days else "ends today"
    return f"{one.agent}: {left}"


def _counts(snapshot: Snapshot) -> Counts:
    return Counts(
        pending=sum(not r.state.final for r in snapshot.requests),
        grants=sum(g.ended_at is None for g in snapshot.grants),
        tokens=sum(t.ended_at is None for t in snapshot.tokens),
    )


async def _snapshot(host: Host) -> Snapshot | str:
    from entraclaw_tui.cli.link import snapshot

    try:
        return await snapshot(host)
    except Stop as stop:
        return stop.message


def _rows(found: Status) -> list[tuple[str, str]]:
    machine = found.machine
    job = found.job
    rows = [
        ("mac", f"{machine.user}@{machine.host}, macOS {machine.macos or 'unknown'}"),
        ("kind", "a pretend Mac" if machine.pretend else "this Mac"),
    ]
    if isinstance(job, Loaded):
        alive = f"pid {job.value.pid}" if job.value.alive else job.value.state
        rows.append(("job", f"{job.value.domain}/{job.value.label}, {alive}"))
    else:
        rows.append(("job", job.reason))
    worker = found.worker
    if worker is None:
        rows.append(("worker", found.worker_problem))
    else:
        state = "paused" if worker.paused else "running"
        rows.append(("worker", f"{state}, pid {worker.pid}, up {age(worker.started_at, now())}"))
        rows.append(("account", worker.signed_in or "nobody is signed in"))
        rows.append(("keychain", worker.keychain))
        rows += [("certificate", _certificate(one)) for one in worker.certificates]
        if worker.note:
            rows.append(("note", worker.note))
    if found.keychain_items is not None:
        rows.append(("items", str(found.keychain_items)))
    elif "keychain" in found.unanswered:
        rows.append(("items", f"The Keychain did not answer within {ANSWER_SECONDS:g} s."))
    if found.counts is not None:
        rows.append(("waiting", str(found.counts.pending)))
        rows.append(("grants", str(found.counts.grants)))
        rows.append(("tokens", str(found.counts.tokens)))
    return rows
