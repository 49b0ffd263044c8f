"""The line that answers "is it alive, and would a yes count?" without a look at any pane.

What gives way where there is no room, first to last: what is only nice to know, good news, words
that a sign tells as well, where we are. At 60 columns there is still whether this is a pretend
Mac, the worker, what ails it, the session, and what waits.
"""

from __future__ import annotations

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import age, left
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.key import JOB, KEYCHAIN, MACHINE, REQUESTS
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, piece
from entraclaw_tui.dashboard.panes.requests import waiting
from entraclaw_tui.dashboard.widgets.bar import Bar, Part, join
from entraclaw_tui.ipc.messages import WorkerInfo
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Source, value_of
from entraclaw_tui.text import Shown, clean


class StatusLine(Bar):
    """Where we are on the left; worker, keychain, session and what waits on the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="status")
        self.desk = desk

    def line(self, index: int, width: int) -> Line:
        """Return the line."""
        return (*join(self._place(), self._health(), width - 1), piece(" "))

    def _place(self) -> list[Part]:
        host = self.desk.host
        machine = value_of(self.desk.store.get(MACHINE))
        version = machine.macos if machine is not None else ""
        if not version and host.marker is not None:
            version = host.marker.macos
        domain = machine.domain if machine is not None else host.domain
        parts = [Part((piece(" entraclaw", Tone.ACCENT),), give=9)]
        if badge := self.desk.badge:
            parts.append(Part((piece(f" {badge} ", Tone.BADGE),)))
        parts.append(Part((Piece(clean(f"{host.user}@{host.name}", 40), Tone.DIM),), give=4))
        if version:
            parts.append(Part((Piece(clean(f"macOS {version}", 20), Tone.DIM),), give=10))
        parts.append(Part((Piece(clean(domain, 20), Tone.DIM),), give=11))
        return parts

    def _health(self) -> list[Part]:
        view = self.desk.link.view
        worker = view.snapshot.worker if view.connected and view.snapshot is not None else None
        parts = [
            *self._worker(worker),
            *self._keychain(worker),
            *self._findings(),
            *self._session(),
        ]
        number = waiting(value_of(self.desk.store.get(REQUESTS)) or (), self.desk.clock())
        if number and worker is not None:
            parts.append(Part((piece(f" {number} waiting ", Tone.ALERT),)))
        elif worker is not None:
            parts.append(Part((piece("nothing waits", Tone.DIM),), give=8))
        return parts

    def _worker(self, worker: WorkerInfo | None) -> list[Part]:
        signs = self.desk.symbols
        if worker is None:
            why = self._absence(self.desk.store.get(JOB))
            return [Part((piece(f"{signs.bad} ", Tone.BAD), piece(f"worker {why}", Tone.BAD)))]
        ill = worker.paused or worker.storage == "degraded"
        sign = piece(f"{signs.look} ", Tone.LOOK) if ill else piece(f"{signs.fine} ", Tone.GOOD)
        named = Part((sign, piece("worker")))
        parts = [Part((sign, piece(f"worker {worker.pid}")), 7, named)]
        if worker.paused:
            parts.append(Part((piece("paused", Tone.LOOK),)))
        if worker.storage == "degraded":
            short = Part((piece("storage", Tone.LOOK),), give=1)
            parts.append(Part((piece("storage trouble", Tone.LOOK),), 3, short))
        up = age(self.desk.clock() - worker.started_at)
        if not ill and up != "now":
            parts.append(Part((piece(f"up {up}", Tone.DIM),), give=12))
        return parts

    def _absence(self, source: Source[Job] | None) -> str:
        """Return in two words why no worker answers, as far as launchd knows."""
        job = value_of(source)
        if source is None or (not self.desk.link.view.at and job is not None and job.alive):
            return f"connecting{self.desk.symbols.ellipsis}"
        if isinstance(source, Empty):
            return "not loaded"
        if isinstance(source, Failed) or job is None:
            return "not reached"
        return "not answering" if job.alive else "not running"

    def _keychain(self, worker: WorkerInfo | None) -> list[Part]:
        signs = self.desk.symbols
        if worker is not None and worker.keychain in ("locked", "unavailable"):
            return [_trouble(signs.bad, "keychain", worker.keychain, Tone.BAD)]
        if isinstance(self.desk.store.get(KEYCHAIN), Failed):
            return [_trouble(signs.look, "keychain", "not read", Tone.LOOK)]
        if worker is not None and worker.keychain == "ok":
            return [Part((piece(f"{signs.fine} ", Tone.GOOD), piece("keychain")), give=6)]
        return []

    def _findings(self) -> list[Part]:
        """Return how much is wrong, with the sign of the worst; nothing where nothing is."""
        told = concerns.counted(concerns.known(self.desk.store))
        bad = concerns.worst(told)
        if bad is None:
            return []
        sign = concerns.sign(bad, self.desk.symbols)
        number, _, noun = words.count(len(told), "finding").partition(" ")
        counted = (sign, Piece(Shown(f" {number}"), sign.tone))
        return [Part((*counted, piece(f" {noun}", Tone.DIM)), 5, Part(counted, give=1))]

    def _session(self) -> list[Part]:
        """Return whether a yes would count now; that never gives way."""
        view = self.desk.link.view
        session = view.session
        if self.desk.readonly:
            return [Part((piece("read only", Tone.DIM),))]
        if not view.connected or session is None:
            return []
        if not session.may_allow:
            return [Part((piece("deny only", Tone.DIM),))]
        if not view.unlocked:
            short = Part((piece("locked", Tone.DIM),))
            return [Part((piece("session locked", Tone.DIM),), 3, short)]
        ends = session.idle_ends_at
        rest = f" {left(ends - self.desk.clock())}" if ends is not None else ""
        sign = piece(f"{self.desk.symbols.look} ", Tone.LOOK)
        short = Part((sign, Piece(Shown(f"open{rest}"))))
        return [Part((sign, Piece(Shown(f"session open{rest}"))), 3, short)]


def _trouble(sign: str, noun: str, why: str, tone: Tone) -> Part:
    """Return what ails: in words, or at last by its sign alone."""
    short = Part((piece(f"{sign} {noun}", tone),), give=2)
    return Part((piece(f"{sign} ", tone), Piece(Shown(f"{noun} {why}"), tone)), 3, short)
