from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import msgspec
import pytest

from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc import framing, messages
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Event, Session, Snapshot
from entraclaw_tui.model.consent import AuditEntry, Remember, Request, State

Until = Callable[[Callable[[], object]], Awaitable[None]]


class Worker(Protocol):
    path: object
    snapshot: Snapshot
    resyncs: int
    silent: bool
    answers: dict[str, msgspec.Struct | WireError]

    def called(self, method: str) -> list[bytes]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def hang_up(self) -> None: ...
    def tell(self, *events: Event) -> None: ...
    def send(self, line: bytes) -> None: ...


@contextlib.asynccontextmanager
async def following(worker: Worker) -> AsyncIterator[WorkerLink]:
    link = WorkerLink(worker.path, "0.1.0", clock=lambda: 1000.0)  # type: ignore[arg-type]
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def ids(link: WorkerLink) -> list[str]:
    return [r.id for r in link.view.snapshot.requests] if link.view.snapshot else []


def unlocked(link: WorkerLink) -> bool:
    return link.view.unlocked


OPEN = Session(True, 1600.0, False, "", True, "", "set")


def test_needs_no_textual() -> None:
    program = (
        "import sys, entraclaw_tui.dashboard.link\n"
        "sys.exit(any(name.partition('.')[0] in ('textual', 'rich') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_a_worker_that_is_not_there_is_a_reason_and_calls_say_it(
    worker: Worker, until: Until
) -> None:
    async with following(worker) as link:
        await until(lambda: "not running" in link.view.reason)
        assert not link.view.connected
        with pytest.raises(ConnectionLost, match="not running"):
            await link.unlock("482911")


async def test_it_finds_the_worker_when_it_starts(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    async with following(worker) as link:
        await until(lambda: link.view.reason.startswith("The worker is"))
        worker.snapshot = msgspec.structs.replace(worker.snapshot, requests=(a_request("r1"),))
        await worker.start()
        await until(lambda: link.view.connected)
        assert ids(link) == ["r1"]
        assert link.view.at == 1000.0


async def test_who_hears_that_the_worker_is_there_can_ask_it_at_once(
    worker: Worker, until: Until
) -> None:
    await worker.start()
    asked: list[asyncio.Task[tuple[AuditEntry, ...]]] = []
    async with following(worker) as link:

        def ask(view: WorkerView) -> None:
            if view.connected and not asked:
                asked.append(asyncio.ensure_future(link.audit_tail()))

        link.listen(ask)
        await until(lambda: asked and asked[0].done())
        # It was asked, and said no; that it is not there would be untrue.
        with pytest.raises(WireError, match=r"No audit\.tail here"):
            await asked[0]


async def test_events_change_the_view_and_a_burst_is_told_once(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    await worker.start()
    async with following(worker) as link:
        await until(lambda: worker.called("subscribe"))
        await until(lambda: link.view.connected)
        seen: list[WorkerView] = []
        stop = link.listen(seen.append)
        burst = [Event(n + 2, "request", request=a_request(f"r{n}")) for n in range(50)]
        worker.tell(*burst)
        await until(lambda: len(ids(link)) == 50)
        assert ids(link) == [f"r{n}" for n in range(50)]
        await until(lambda: seen and seen[-1] is link.view)
        assert len(seen) < 10
        stop()
        before = len(seen)
        worker.tell(Event(99, "request", request=a_request("r0", state=State.EXPIRED, revision=2)))
        await until(lambda: link.view.request("r0").state is State.EXPIRED)  # type: ignore[union-attr]
        await asyncio.sleep(0)
        assert len(seen) == before
        assert ids(link)[0] == "r0"  # a changed one keeps its place


async def test_a_resync_event_and_a_missed_subscription_take_a_new_snapshot(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    worker.resyncs = 1
    await worker.start()
    async with following(worker) as link:
        await until(lambda: len(worker.called("subscribe")) == 2)
        await until(lambda: link.view.connected)
        assert len(worker.called("snapshot")) == 2
        worker.snapshot = msgspec.structs.replace(
            worker.snapshot, seq=40, requests=(a_request("new"),)
        )
        worker.tell(Event(40, "resync"))
        await until(lambda: ids(link) == ["new"])
        await until(lambda: b'"since":40' in worker.called("subscribe")[-1])
        worker.tell(Event(39, "request", request=a_request("old")))
        worker.tell(Event(41, "request", request=a_request("newer")))
        await until(lambda: "newer" in ids(link))
        assert ids(link) == ["new", "newer"]


async def test_a_restart_keeps_the_facts_locks_the_session_and_is_counted(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    worker.snapshot = msgspec.structs.replace(
        worker.snapshot, session=OPEN, requests=(a_request("r1"),)
    )
    await worker.start()
    async with following(worker) as link:
        await until(lambda: unlocked(link))
        await worker.stop()
        await until(lambda: not link.view.connected)
        assert ids(link) == ["r1"]
        assert not unlocked(link)
        assert link.view.session is not None
        assert not link.view.session.unlocked
        info = msgspec.structs.replace(worker.snapshot.worker, pid=5000)
        worker.snapshot = msgspec.structs.replace(worker.snapshot, worker=info)
        await worker.start()
        await until(lambda: link.view.connected)
        assert link.view.restarts == 1
        worker.hang_up()
        await until(lambda: len(worker.called("hello")) == 3 and link.view.connected)
        assert link.view.restarts == 1


async def test_retry_now_does_not_wait(worker: Worker, until: Until) -> None:
    async with following(worker) as link:
        await until(lambda: link.view.reason.startswith("The worker is"))
        await worker.start()
        link.retry_now()
        await until(lambda: link.view.connected)


async def test_unlock_decide_and_lock_show_at_once(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    asked = a_request("r1")
    allowed = a_request("r1", state=State.APPROVED, revision=2)
    worker.snapshot = msgspec.structs.replace(worker.snapshot, requests=(asked,))
    worker.answers["session.unlock"] = OPEN
    worker.answers["session.lock"] = msgspec.structs.replace(OPEN, unlocked=False)
    worker.answers["request.decide"] = messages.DecideResult(allowed)
    worker.answers["grant.revoke_all"] = messages.Count(3)
    worker.answers["client.block"] = messages.Count(1)
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        await link.unlock("482911")
        assert unlocked(link)
        assert worker.called("session.unlock") == [b'{"pin":"482911"}']
        result = await link.decide(asked, "allow", Remember.QUARTER, "42", "")
        assert result == allowed == link.view.request("r1")
        sent = msgspec.json.decode(worker.called("request.decide")[0], type=messages.Decide)
        assert (sent.digest, sent.revision, sent.proof) == ("d1", 1, "42")
        assert sent.remember is Remember.QUARTER
        await link.lock()
        assert not unlocked(link)
        assert await link.revoke_all() == 3
        await link.block("id-1")


async def test_a_refusal_is_the_workers_words(
    worker: Worker, until: Until, a_request: Callable[..., Request]
) -> None:
    worker.answers["request.decide"] = WireError(Code.STALE_DIGEST, "It changed.", "Read again.")
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        with pytest.raises(WireError, match="It changed") as refusal:
            await link.decide(a_request(), "allow")
        assert refusal.value.code is Code.STALE_DIGEST
        assert link.view.connected


async def test_an_old_protocol_is_a_reason_not_a_crash(worker: Worker, until: Until) -> None:
    worker.answers["hello"] = WireError(
        Code.UNSUPPORTED_PROTOCOL, "The worker is older.", "Restart it."
    )
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.reason == "The worker is older. Restart it.")


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe\n", b"[]\n", b"{}\n", b'{"jsonrpc":"2.0","method":"event","params":{}}\n'],
)
async def test_nonsense_from_the_worker_never_ends_the_link(
    worker: Worker, until: Until, line: bytes, a_request: Callable[..., Request]
) -> None:
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        worker.send(line)
        worker.snapshot = msgspec.structs.replace(worker.snapshot, requests=(a_request("r9"),))
        worker.tell(Event(2, "request", request=a_request("r9")))
        await until(lambda: link.view.connected and ids(link) == ["r9"])


async def test_audit_lines_go_to_whoever_listens(worker: Worker, until: Until) -> None:
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        lines: list[AuditEntry] = []
        stop = link.listen_audit(lines.append)
        worker.tell(Event(2, "audit", audit=AuditEntry(7, 1000.0, "denied", "r1", {}, "aa")))
        await until(lambda: lines)
        assert lines[0].seq == 7
        stop()


async def test_touch_speaks_only_while_unlocked_and_now_and_then(
    worker: Worker, until: Until
) -> None:
    worker.answers["session.touch"] = OPEN
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        await link.touch()
        assert worker.called("session.touch") == []
        worker.tell(Event(2, "session", session=OPEN))
        await until(lambda: unlocked(link))
        await link.touch()
        await link.touch()
        assert len(worker.called("session.touch")) == 1


async def test_a_call_in_flight_hears_that_the_worker_went(worker: Worker, until: Until) -> None:
    await worker.start()
    async with following(worker) as link:
        await until(lambda: link.view.connected)
        worker.silent = True
        call = asyncio.create_task(link.unlock("482911"))
        await until(lambda: worker.called("session.unlock"))
        worker.hang_up()
        with pytest.raises(ConnectionLost, match="closed the connection"):
            await call


def test_a_pin_is_in_no_repr() -> None:
    assert "482911" not in repr(messages.Unlock("482911"))
    decide = messages.Decide("r1", "d1", 1, "allow", proof="482911")
    assert "482911" not in repr(decide)
    assert b"482911" in framing.encode_call(1, "session.unlock", messages.Unlock("482911"))
