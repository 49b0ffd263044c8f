"""Everything that fills the store: a poll a source, the logs, and the link to the worker."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine

import entraclaw_tui
from entraclaw_tui.dashboard import key
from entraclaw_tui.dashboard.audit_lines import audit_line
from entraclaw_tui.dashboard.job_readers import FOLLOWING
from entraclaw_tui.dashboard.link import WorkerLink
from entraclaw_tui.dashboard.logs.feed import LogFeed
from entraclaw_tui.dashboard.poll import Loop, Poll
from entraclaw_tui.dashboard.sources import Sources, of_mac
from entraclaw_tui.dashboard.store import Store
from entraclaw_tui.dashboard.study import Study
from entraclaw_tui.dashboard.worker_view import WorkerView
from entraclaw_tui.ipc.errors import ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Snapshot, WorkerInfo
from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.places import Places
from entraclaw_tui.model.consent import AuditEntry
from entraclaw_tui.model.finding import Finding
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.privacy import Privacy
from entraclaw_tui.model.source import Empty, Failed, Loaded, Source, value_of

WORKER_HINT = "`entraclaw-tui agent start --yes` starts it; `entraclaw-tui doctor` looks deeper."
_FIRST_PANE = "Pane 1 says what to do."
"""It is told at length once."""

# Seconds between two questions. What changes by itself is asked often, what costs much seldom;
# an unhealthy job is watched closely.
_JOB, _JOB_ILL = 15.0, 3.0
_USAGE = 15.0
_KEYCHAIN, _PRIVACY, _MACHINE = 60.0, 120.0, 600.0
_FINDINGS = 60.0
_NOTHING = 20.0
"""The pace at which a source that has nothing is asked whether it has something by now."""
_GRACE, _GRACES = 1.0, 3
"""Seconds, and how often, that everything is asked to end."""


class Feeds:
    """Runs the sources. `start` may come long before a screen exists."""

    REPLAYED = False
    """Whether a recording stands in place of the sources."""

    def __init__(
        self, sources: Sources, link: WorkerLink, store: Store, clock: Callable[[], float]
    ) -> None:
        self.store = store
        self.link = link
        self.logs = LogFeed(sources.logs, clock, audited=lambda: self._connected)
        """The logs, line by line."""
        self.study = Study(store)
        """What is asked only while somebody looks closely."""
        self.job_story = sources.job_story
        self.job_story.study(self.study)
        self.closer = sources.closer
        """What is read only when a person wants it."""
        self._sources = sources
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self._whole = False
        self._connected = False
        self._audit_seq = 0
        self._job = Poll(key.JOB, sources.job, self._job_pace, store)
        self._keychain = Poll(
            key.KEYCHAIN, sources.keychain, self._pace(key.KEYCHAIN, _KEYCHAIN), store
        )
        self._used = Poll(key.USAGE, self._usage, lambda: _USAGE, store)
        self._findings = Poll(key.FINDINGS, self._examine, lambda: _FINDINGS, store)
        self._privacy_poll = Poll(
            key.PRIVACY, self._privacy, self._pace(key.PRIVACY, _PRIVACY), store
        )
        self._polls: tuple[Loop, ...] = (
            self._job,
            Poll(key.MACHINE, sources.machine, lambda: _MACHINE, store),
            self._keychain,
            self._privacy_poll,
            self._used,
            self._findings,
        )
        self._examined: dict[str, object] = {}
        """What the findings were made of, a word a source, to see when they are old."""
        self._pid: int | None = None
        self._life: object = None
        self._tokens: tuple[str, ...] = ()
        store.listen(self._follow_up)

    def start_first(self) -> None:
        """Begin with what the first picture needs: the worker and its job."""
        if self._tasks:
            return
        self.link.listen(self._heard)
        self.link.listen_audit(self._audited)
        self._begin(self.link.run(), "worker link")
        self._begin(self._job.run(), "poll job")

    def start(self) -> None:
        """Begin everything, in the running loop. Once begun it does nothing."""
        self.start_first()
        if self._whole:
            return
        self._whole = True
        for poll in self._polls:
            if poll is not self._job:
                self._begin(poll.run(), f"poll {poll.name}")
        for poll in self.study.polls:
            self._begin(poll.run(), f"study {poll.name}")
        for source in self.logs.sources:
            self._begin(self.logs.follow(source), f"log {source.origin}")

    def _begin(self, work: Coroutine[object, object, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    async def stop(self) -> None:
        """End everything and wait until it has ended, or is found not to end."""
        left = set(self._tasks)
        for _ in range(_GRACES):
            if not left:
                break
            for task in left:
                task.cancel()  # again, where a library took the first one for its own
            _, left = await asyncio.wait(left, timeout=_GRACE)
        self._tasks.clear()

    def refresh(self) -> None:
        """Ask every source at once."""
        self.link.retry_now()
        for poll in self._polls:
            poll.hurry()
        self.study.hurry()

    def pause(self) -> None:
        """Ask nothing while nobody can look."""
        for poll in self._polls:
            poll.pause()
        self.study.pause()

    def resume(self) -> None:
        """Go on, with fresh answers."""
        for poll in self._polls:
            poll.resume()
        self.study.resume()

    def _heard(self, view: WorkerView) -> None:
        self.store.put(key.REQUESTS, _part(view, lambda s: s.requests))
        self.store.put(key.GRANTS, _part(view, lambda s: s.grants, hint=_FIRST_PANE))
        self.store.put(key.TOKENS, _part(view, lambda s: s.tokens, hint=_FIRST_PANE))
        worker = view.snapshot.worker if view.connected and view.snapshot is not None else None
        state = _looked_at(worker)
        if self._examined.get("worker", state) != state:
            self._findings.hurry()
            self._examined["worker"] = state
        if view.connected != self._connected:
            self._connected = view.connected
            # The worker came or went: what launchd says of it is old now.
            self._job.hurry()
            self._keychain.hurry()
            if view.connected:
                # The worker may read the privacy databases where this terminal may not.
                self._privacy_poll.hurry()
                self._begin(self._old_audit(), "audit tail")

    async def _old_audit(self) -> None:
        with contextlib.suppress(WireError, ConnectionLost):
            for entry in await self.link.audit_tail(200):
                self._audited(entry)

    def _audited(self, entry: AuditEntry) -> None:
        if entry.seq > self._audit_seq:
            self._audit_seq = entry.seq
            self.logs.put([audit_line(entry)])

    def _follow_up(self, name: str) -> None:
        """Ask at once what another source's news makes old."""
        self._question(name)
        if name == key.JOB.name:
            job = value_of(self.store.get(key.JOB))
            pid = job.pid if job is not None else None
            if pid != self._pid:
                self._pid = pid
                self._used.hurry()
            life = (pid, job.state, job.runs) if job is not None else None
            if life != self._life:
                self._life = life
                self.study.hurry(FOLLOWING)
        elif name == key.TOKENS.name:
            tokens = tuple(t.id for t in value_of(self.store.get(key.TOKENS)) or ())
            if tokens != self._tokens:
                self._tokens = tokens
                self._keychain.hurry()

    def _question(self, name: str) -> None:
        """Look for what is wrong anew where a source that findings come from says other things."""
        told: dict[str, Callable[[], object]] = {
            key.JOB.name: lambda: _told(self.store.get(key.JOB), _condition),
            key.KEYCHAIN.name: lambda: _told(self.store.get(key.KEYCHAIN), lambda k: k.items),
            key.PRIVACY.name: lambda: _told(self.store.get(key.PRIVACY), lambda p: p),
        }
        if name not in told:
            return
        now = told[name]()
        # The first word of a source is no change: the first look comes by itself.
        if self._examined.get(name, now) != now:
            self._findings.hurry()
        self._examined[name] = now

    async def _examine(self) -> Loaded[tuple[Finding, ...]] | Empty | Failed:
        """Look for what is wrong; the worker may have read grants that this terminal may not."""
        known = self.store.get(key.PRIVACY)
        view = self.link.view
        worker = view.snapshot.worker if view.connected and view.snapshot is not None else None
        self._examined["worker"] = _looked_at(worker)
        return await self._sources.findings(known if isinstance(known, Loaded) else None, worker)

    def _pace(self, asked: key.Key[object], usual: float) -> Callable[[], float]:
        return lambda: _NOTHING if isinstance(self.store.get(asked), Empty) else usual

    def _job_pace(self) -> float:
        job = value_of(self.store.get(key.JOB))
        return _JOB if self._connected and job is not None and job.alive else _JOB_ILL

    async def _usage(self) -> Loaded[Usage] | Empty | Failed:
        job = value_of(self.store.get(key.JOB))
        if job is None or job.pid is None:
            return Empty("no process")
        usage = self._sources.usage(job.pid)
        return Loaded(usage, self._clock()) if usage is not None else Empty("no process")

    async def _privacy(self) -> Loaded[Privacy] | Empty | Failed:
        """Read it here, or let the worker."""
        from entraclaw_tui.macos import privacy_asking, system

        machine = value_of(self.store.get(key.MACHINE))
        return await privacy_asking.read(
            self._sources.privacy,
            self._privacy_of_worker,
            self.closer.program,
            over_ssh=machine.over_ssh if machine is not None else system.over_ssh(),
        )

    async def _privacy_of_worker(self) -> Loaded[Privacy] | Empty | Failed | None:
        if self.link.view.connected:
            with contextlib.suppress(WireError, ConnectionLost):
                return (await self.link.privacy()).privacy
        return None


def _part(
    view: WorkerView, part: Callable[[Snapshot], key.T], hint: str = WORKER_HINT
) -> Loaded[key.T] | Empty | Failed:
    """Return what a pane of the worker's shows. Data from a worker that went becomes stale."""
    if view.connected and view.snapshot is not None:
        return Loaded(part(view.snapshot), view.at)
    return Failed(view.reason, hint)


def _told(source: Source[key.T] | None, value: Callable[[key.T], object]) -> object:
    """Return what a source says without when it said so."""
    held = value_of(source)
    return (type(source).__name__, value(held) if held is not None else None)


def _condition(job: Job) -> object:
    return (job.alive, job.last_exit, job.last_signal, job.last_reason, job.pended, job.arguments)


def feeds_for(
    host: Host,
    places: Places,
    clock: Callable[[], float],
    *,
    sources: Sources | None = None,
    link: WorkerLink | None = None,
) -> Feeds:
    """Return what fills the panel's store: this Mac and its worker, unless told otherwise."""
    worker = link or WorkerLink(places.control_socket, entraclaw_tui.__version__, clock=clock)
    return Feeds(sources or of_mac(host, places, clock), worker, Store(), clock)


def _looked_at(worker: WorkerInfo | None) -> object:
    """Return what the findings look at of the worker."""
    return worker and (
        worker.keychain,
        worker.storage,
        worker.paused,
        worker.waits_for,
        worker.certificates,
    )
