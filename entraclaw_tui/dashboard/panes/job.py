"""Is the background job alive, and if not, why: what launchd says of it."""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import age
from entraclaw_tui.dashboard.key import JOB, USAGE
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece, spread
from entraclaw_tui.dashboard.widgets.list_pane import ListPane
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.source import Source, value_of
from entraclaw_tui.text import Shown, clean, shorten, shorten_path

_QUIET_EXITS = frozenset({"", "0", "(never exited)"})


class JobPane(ListPane[tuple[str, Line]]):
    """Facts, the most telling first; the whole of launchd's answer where the pane is zoomed."""

    NAME = "job"
    NUMBER = 4
    TITLE = "Job"
    SHORT = "Job"
    SELECTS = False

    def source(self) -> Source[Job] | None:
        """Return the job as launchd tells it."""
        return self.desk.store.get(JOB)

    def rows(self) -> Sequence[tuple[str, Line]]:
        """Return the facts as lines, each under its place."""
        job = value_of(self.source())
        if job is None:
            return []
        width = max(20, self.room - 2)
        usage = value_of(self.desk.store.get(USAGE)) if job.alive else None
        lines = self._facts(job, usage, width, self.desk.clock())
        if self.zoomed:
            lines += self._everything(job)
        return [(str(n), line) for n, line in enumerate(lines)]

    def id_of(self, row: tuple[str, Line]) -> str:
        """Return the place of a fact."""
        return row[0]

    def paint(self, row: tuple[str, Line], width: int, now: float) -> Line:
        """Return the fact."""
        return row[1]

    def words(self, row: tuple[str, Line]) -> str:
        """Return the fact's text."""
        return "".join(p.text for p in row[1])

    def tick(self) -> None:
        """Tell ages anew: they stand in the facts themselves."""
        self._rows = [r for r in self.rows() if self.passes(self.words(r))]
        super().tick()

    def subtitle(self) -> tuple[Piece, ...]:
        """Return the domain."""
        job = value_of(self.source())
        return (Piece(clean(job.domain), Tone.DIM),) if job is not None and job.domain else ()

    def badge(self) -> Piece | None:
        """Return how the job is, as a sign."""
        source = self.source()
        if source is None:
            return None
        return self.sign(value_of(source))

    def sign(self, job: Job | None) -> Piece:
        """Return the sign of a job's state."""
        signs = self.desk.symbols
        if job is None:
            return piece(signs.bad, Tone.BAD)
        if job.alive:
            return piece(signs.fine, Tone.GOOD)
        return piece(signs.bad, Tone.BAD) if _ill(job) else piece(signs.look, Tone.LOOK)

    def _facts(self, job: Job, usage: Usage | None, width: int, now: float) -> list[Line]:
        pid = f"  pid {job.pid}" if job.pid is not None else ""
        sign = self.sign(job)
        head = spread(
            (Piece(clean(job.label or LABEL), Tone.STRONG),),
            (sign, piece(" "), Piece(clean(job.state or "unknown"), sign.tone), piece(pid)),
            width,
        )
        lines = [head, *self._findings(width)]
        if usage is not None:
            up = age(now - usage.started_at)
            lines.append(
                fact(
                    "up",
                    piece(up),
                    piece("  memory ", Tone.DIM),
                    Piece(words.memory(usage.memory_bytes)),
                    piece("  cpu ", Tone.DIM),
                    piece(_cpu(usage.cpu_percent)),
                )
            )
        lines += _trouble(job)
        runs = "unknown" if job.runs is None else str(job.runs)
        ended = Piece(clean(job.last_exit or "unknown"), _exit_tone(job))
        lines.append(fact("runs", piece(runs), piece("  last exit ", Tone.DIM), ended))
        if job.last_signal or job.last_reason:
            lines.append(
                fact("because", Piece(clean(job.last_signal or job.last_reason), Tone.LOOK))
            )
        program = clean(self.desk.host.shown(job.program or (job.arguments or ("",))[0]))
        lines.append(fact("program", Piece(shorten_path(program, width - 12))))
        path = clean(self.desk.host.shown(job.path))
        lines.append(fact("defined in", Piece(shorten_path(path, width - 12))))
        if job.sockets:
            lines.append(fact("sockets", Piece(clean(", ".join(job.sockets)))))
        return lines

    def _findings(self, width: int) -> list[Line]:
        """Return one line for what was found about the job: how many, and the worst."""
        found = concerns.about(self.desk.store, "job")
        bad = concerns.worst(found)
        if bad is None:
            return []
        mark = concerns.sign(bad, self.desk.symbols)
        many = words.count(len(found), "finding")
        told = Shown(f" {many}: {clean(found[0].sentence, 300)}")
        return [(mark, Piece(shorten(told, width - 1), mark.tone))]

    def _everything(self, job: Job) -> list[Line]:
        lines: list[Line] = [(), (piece("everything that launchd printed", Tone.DIM),)]
        lines += [
            fact(clean(name, 34), Piece(clean(self.desk.host.shown(value))), room=36)
            for name, value in job.raw
        ]
        return lines


def _trouble(job: Job) -> list[Line]:
    """Return why a job that should run does not."""
    lines: list[Line] = []
    if job.pended:
        lines.append(fact("waits", Piece(clean(job.pended), Tone.LOOK)))
    if not job.alive and _ill(job) and job.throttle_seconds:
        wait = f"launchd starts it at most every {job.throttle_seconds} s"
        lines.append(fact("next start", piece(wait, Tone.LOOK)))
    return lines


def _ill(job: Job) -> bool:
    return not job.alive and (job.last_exit not in _QUIET_EXITS or bool(job.last_signal))


def _exit_tone(job: Job) -> Tone:
    return Tone.PLAIN if job.last_exit in _QUIET_EXITS else Tone.LOOK


def _cpu(percent: float) -> Shown:
    return Shown("idle" if percent < 1 else f"{round(percent)} %")
