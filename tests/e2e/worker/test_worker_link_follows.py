"""The panel's link against a real worker: it follows, decides, and finds it again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.model.consent import AuditEntry, Client, State
from tests.support.demo import PIN
from tests.support.raw_client import RawClient
from tests.support.running_worker import RunningWorker

GRAPH = "https://graph.microsoft.com"


@contextlib.asynccontextmanager
async def following(worker: RunningWorker) -> AsyncIterator[WorkerLink]:
    link = WorkerLink(worker.places.control_socket, "0")
    task = asyncio.create_task(link.run())
    try:
        await wait_until(lambda: link.view.connected)
        yield link
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


async def ask(worker: RunningWorker) -> tuple[RawClient, str]:
    client = await asyncio.to_thread(worker.client)
    asked = await asyncio.to_thread(
        lambda: client.result("token.request", resource=GRAPH, scopes=["User.Read"])
    )
    return client, str(asked["request_id"])


def state(link: WorkerLink, id: str) -> State | None:
    request = link.view.request(id)
    return request.state if request is not None else None


def client_of(link: WorkerLink, identity: str) -> Client | None:
    clients = link.view.snapshot.clients if link.view.snapshot is not None else ()
    return next((c for c in clients if c.identity == identity), None)


async def test_it_sees_what_is_asked_and_denies_it(worker: RunningWorker) -> None:
    async with following(worker) as link:
        audit: list[AuditEntry] = []
        link.listen_audit(audit.append)
        client, id = await ask(worker)
        await wait_until(lambda: state(link, id) is State.PENDING)
        request = link.view.request(id)
        assert request is not None
        denied = await link.decide(request, "deny", reason="Not now.")
        assert denied.state is State.DENIED
        assert state(link, id) is State.DENIED
        await wait_until(lambda: any(entry.subject == id for entry in audit))
        with pytest.raises(WireError) as late:
            await link.decide(request, "deny")
        assert late.value.code in (Code.ALREADY_DECIDED, Code.STALE_DIGEST)
        client.close()


async def test_without_a_terminal_it_can_never_allow(worker: RunningWorker) -> None:
    async with following(worker) as link:
        client, id = await ask(worker)
        await wait_until(lambda: state(link, id) is State.PENDING)
        assert link.view.session is not None
        assert not link.view.session.may_allow
        with pytest.raises(WireError) as refused:
            await link.unlock(PIN)
        assert refused.value.code is Code.FORBIDDEN
        assert not link.view.unlocked
        client.close()


async def test_blocking_and_pausing_show(worker: RunningWorker) -> None:
    async with following(worker) as link:
        client, id = await ask(worker)
        await wait_until(lambda: state(link, id) is State.PENDING)
        request = link.view.request(id)
        assert request is not None
        identity = request.requester.identity
        await link.block(identity)
        await wait_until(lambda: (c := client_of(link, identity)) and c.blocked)
        await wait_until(lambda: state(link, id) is not State.PENDING)
        await link.pause()
        await wait_until(lambda: link.view.snapshot and link.view.snapshot.worker.paused)
        assert await link.revoke_all() == 0
        client.close()


async def test_it_finds_a_worker_that_was_killed_and_nothing_is_lost(
    worker: RunningWorker,
) -> None:
    async with following(worker) as link:
        client, id = await ask(worker)
        await wait_until(lambda: state(link, id) is State.PENDING)
        await asyncio.to_thread(worker.end, 9)
        await wait_until(lambda: not link.view.connected)
        assert state(link, id) is State.PENDING
        await asyncio.to_thread(worker.start)
        await wait_until(lambda: link.view.connected)
        assert link.view.restarts == 1
        assert state(link, id) is State.PENDING
        client.close()
