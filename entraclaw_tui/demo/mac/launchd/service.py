"""The life of the launchd: it comes up, answers, supervises and goes down with all its jobs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from entraclaw_tui.demo.mac.launchd.code import Requirements, read_pairs
from entraclaw_tui.demo.mac.launchd.commands import Commands
from entraclaw_tui.demo.mac.launchd.domain import LOGIN, Domain, LaunchError
from entraclaw_tui.demo.mac.launchd.door import Door
from entraclaw_tui.demo.mac.launchd.ground import Ground
from entraclaw_tui.demo.mac.launchd.job import Job
from entraclaw_tui.demo.mac.launchd.journal import Journal
from entraclaw_tui.demo.mac.launchd.ledger import Ledger
from entraclaw_tui.demo.mac.launchd.overrides import Overrides
from entraclaw_tui.demo.mac.launchd.reactor import READ, Reactor
from entraclaw_tui.demo.mac.layout import Layout
from entraclaw_tui.demo.mac.wire import Answer
from entraclaw_tui.macos.host import Host, HostError

_LOCK_WAIT = 2.0


def serve(host: Host, adopt: dict[int, socket.socket], leash: int | None) -> None:
    """Be the launchd of a pretend Mac until told to end; no process and no socket stays.

    Blocks, in the main thread. `adopt` are sockets that listen on the port they are keyed by, for
    the TCP entries of `Sockets`. The end comes by SIGTERM or SIGINT, by `power.shut_down`, or
    when the other end of `leash` is closed. Raises HostError where one runs already.
    """
    layout = Layout(host.root)
    with _alone(layout.launchd_lock), contextlib.ExitStack() as kept:
        reactor = Reactor()
        kept.callback(reactor.close)
        journal = Journal(layout.launchd_log)
        kept.callback(journal.close)
        for one in adopt.values():
            one.set_inheritable(False)
        Launchd(host, layout, reactor, journal, adopt).run(leash)


class Launchd:
    """The supervisor of one pretend Mac."""

    def __init__(
        self,
        host: Host,
        layout: Layout,
        reactor: Reactor,
        journal: Journal,
        adopt: dict[int, socket.socket],
    ) -> None:
        marker = host.marker
        agent = host.path("/private/tmp") / f"com.apple.launchd.{secrets.token_hex(5)}"
        self._layout = layout
        self._reactor = reactor
        self._ground = Ground(
            host,
            reactor,
            journal,
            adopt,
            speed=marker.speed if marker else 1.0,
            environment={"SSH_AUTH_SOCK": str(agent / "Listeners")},
            code=Requirements(layout.root, layout.code_requirements),
            ledger=Ledger(layout.running_jobs),
            switched_off=frozenset(read_pairs(layout.login_items)),
            past_runs=read_pairs(layout.past_runs),
            on_demand=layout.on_demand.exists(),
            deaf=frozenset(read_pairs(layout.on_demand)),
        )
        mine = Overrides(layout.overrides)
        everyone = Overrides(layout.overrides.with_name("disabled.plist"))
        self._domains = {
            name: Domain(name, self._ground, overrides)
            for name, overrides in (
                ("system", everyone),
                (f"user/{host.uid}", mine),
                (f"gui/{host.uid}", mine),
            )
        }
        if layout.no_desktop.exists():
            del self._domains[f"gui/{host.uid}"]
        self._commands = Commands(self._domains, self._ground, list(self._domains)[-1])

    def run(self, leash: int | None) -> None:
        """Come up, work, go down."""
        door = Door(self._layout.launchd_socket, self._reactor, self._answer)
        with self._signals():
            if leash is not None:
                os.set_inheritable(leash, False)
                self._reactor.watch(leash, READ, lambda: self._pull(leash))
            self._log_in()
            while not (self._ground.closing and not self._jobs()):
                self._reactor.step()
        door.close()

    def _log_in(self) -> None:
        root, home = self._layout.root, self._layout.home
        for pid in self._ground.ledger.end_the_old():
            self._ground.journal.note("system", f"ended a process of a launchd before: {pid}")
        system, *sessions = self._domains.values()
        self._load(root / "Library/LaunchDaemons", [system])
        self._load(root / "Library/LaunchAgents", sessions[::-1])
        self._load(home / "Library/LaunchAgents", sessions[::-1])

    def _load(self, folder: Path, domains: list[Domain]) -> None:
        started = time.monotonic()
        for path in sorted(folder.glob("*.plist")):
            for domain in domains:
                # What one session does not take, the other may (LimitLoadToSessionType).
                try:
                    domain.bootstrap(path, LOGIN)
                except LaunchError as error:
                    if error.code in (125, 134):
                        continue
                break
        for domain in domains:
            domain.bringup_ms += int((time.monotonic() - started) * 1000)

    def _jobs(self) -> list[Job]:
        return [job for domain in self._domains.values() for job in domain.jobs.values()]

    def _answer(self, words: list[str], pid: int) -> tuple[Answer, list[int]]:
        if words[0] == "-shutdown":
            self._shut_down()
            return Answer(), []
        if words[0] == "-checkin":
            return self._check_in(words[1] if len(words) > 1 else "", pid)
        return self._commands.answer(words, pid), []

    def _check_in(self, name: str, pid: int) -> tuple[Answer, list[int]]:
        job = next((job for job in self._jobs() if job.pid == pid), None)
        if job is None:
            return Answer(3, err="No such process\n"), []
        ones = [one.socket.fileno() for one in job.listening if one.spec.name == name]
        return (Answer(), ones) if ones else (Answer(2, err="No such file or directory\n"), [])

    def _shut_down(self) -> None:
        if self._ground.closing:
            return
        self._ground.closing = True
        for job in self._jobs():
            job.leave()

    def _pull(self, leash: int) -> None:
        with contextlib.suppress(OSError):
            if os.read(leash, 4096):
                return
        self._reactor.forget(leash)
        self._shut_down()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn signals into events of the loop, and put everything back afterwards."""
        inbox, outbox = socket.socketpair()
        inbox.setblocking(False)
        outbox.setblocking(False)
        names = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {name: signal.signal(name, _heard) for name in names}
        wakeup = signal.set_wakeup_fd(outbox.fileno(), warn_on_full_buffer=False)
        self._reactor.watch(inbox, READ, lambda: self._signalled(inbox))
        try:
            yield
        finally:
            self._reactor.forget(inbox)
            signal.set_wakeup_fd(wakeup)
            for name, handler in before.items():
                signal.signal(name, handler)
            inbox.close()
            outbox.close()

    def _signalled(self, inbox: socket.socket) -> None:
        numbers = set(inbox.recv(4096))
        for job in self._jobs():
            job.reap()
        if numbers - {signal.SIGCHLD}:
            self._shut_down()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Let the wakeup descriptor tell."""


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("a+b") as file:
        until = time.monotonic() + _LOCK_WAIT
        while True:
            # Somebody who only looks whether we run holds the lock for a moment.
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise HostError(
                        f"A launchd runs for this pretend Mac already ({lock})."
                    ) from None
                time.sleep(0.02)
        file.truncate(0)
        file.write(b"%d\n" % os.getpid())
        file.flush()
        yield
