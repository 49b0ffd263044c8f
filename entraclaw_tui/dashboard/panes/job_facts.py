"""The job in a few lines, the most telling first: what fits beside the other panes."""

from __future__ import annotations

from entraclaw_tui.dashboard import concerns, words
from entraclaw_tui.dashboard.ages import age
from entraclaw_tui.dashboard.desk import Desk
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece, spread, wrap
from entraclaw_tui.macos import launchctl_words
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.job import Job, Usage
from entraclaw_tui.model.source import Empty, Failed, Loaded, Source, Stale, value_of
from entraclaw_tui.text import Shown, clean, shorten, shorten_path

_QUIET_EXITS = frozenset({"", "0", "(never exited)"})
_ROOM = 12
"""Columns of a label."""


def head(desk: Desk, source: Source[Job] | None, width: int) -> Line:
    """Return whose job it is, and how it is."""
    job = value_of(source)
    mark = sign(desk, job)
    pid = ""
    match source:
        case None:
            mark, state = piece(desk.symbols.nothing, Tone.DIM), Shown("reading")
        case Empty():
            state = Shown("not loaded")
        case Failed():
            state = Shown("unknown: launchd did not say")
        case _:
            state = clean(source.value.state or "unknown")
            pid = f"  pid {source.value.pid}" if source.value.alive else ""
    return spread(
        (Piece(clean(job.label if job is not None else LABEL), Tone.STRONG),),
        (mark, piece(" "), Piece(state, mark.tone), piece(pid)),
        width,
    )


def sign(desk: Desk, job: Job | None) -> Piece:
    """Return the sign of a job's state."""
    signs = desk.symbols
    if job is None:
        return piece(signs.bad, Tone.BAD)
    if job.alive:
        return piece(signs.fine, Tone.GOOD)
    return piece(signs.bad, Tone.BAD) if ill(job) else piece(signs.look, Tone.LOOK)


def ill(job: Job) -> bool:
    """Return whether a job without a process ended by a failure."""
    failed = job.last_exit not in _QUIET_EXITS or bool(job.last_signal or job.last_reason)
    return not job.alive and failed


def facts(
    desk: Desk, source: Loaded[Job] | Stale[Job], usage: Usage | None, width: int
) -> list[Line]:
    """Return the job in lines of `width` columns."""
    job = source.value
    lines = [head(desk, source, width), *_findings(desk, width)]
    if usage is not None:
        lines.append(
            fact(
                "up",
                piece(age(desk.clock() - usage.started_at)),
                piece("  memory ", Tone.DIM),
                Piece(words.memory(usage.memory_bytes)),
                piece("  cpu ", Tone.DIM),
                piece("idle" if usage.cpu_percent < 1 else f"{round(usage.cpu_percent)} %"),
            )
        )
    if holds := launchctl_words.what_holds(job):
        tone = Tone.LOOK if ill(job) or job.pended else Tone.PLAIN
        lines.append(fact("now", Piece(clean(holds), tone)))
    runs = "unknown" if job.runs is None else str(job.runs)
    ended = clean(launchctl_words.ending(job) or "unknown")
    tone = Tone.LOOK if job.last_exit not in _QUIET_EXITS or job.last_signal else Tone.PLAIN
    lines.append(fact("runs", piece(runs), piece("  last end ", Tone.DIM), Piece(ended, tone)))
    why = launchctl_words.how_ended(job)
    if ill(job) and why:
        lines.append(fact("because", Piece(clean(why))))
    program = clean(desk.host.shown(job.program or (job.arguments or ("",))[0]))
    lines.append(fact("program", Piece(shorten_path(program, width - 12))))
    lines.append(
        fact("defined in", Piece(shorten_path(clean(desk.host.shown(job.path)), width - 12)))
    )
    if job.sockets:
        lines.append(fact("sockets", Piece(clean(", ".join(job.sockets)))))
    return lines


def absent(desk: Desk, source: Empty, width: int) -> list[Line]:
    """Return that launchd has no such job, what was found about that, and what mends it."""
    told: list[Line] = [(Piece(text, Tone.DIM),) for text in wrap(clean(source.reason), width)]
    lines = [head(desk, source, width), *_findings(desk, width)]
    found = concerns.about(desk.store, "job")
    if not found or (repair := found[0].repair) is None:
        return [*lines, *told]
    from entraclaw_tui.doctor.repairs import shell

    mends = [Piece(text) for text in wrap(clean(repair.words), width - _ROOM)]
    if command := shell(desk.host, repair):
        mends += [Piece(text, Tone.ACCENT) for text in wrap(clean(command), width - _ROOM)]
    return [*lines, *(fact("" if n else "mend", mend) for n, mend in enumerate(mends)), *told]


def _findings(desk: Desk, width: int) -> list[Line]:
    """Return one line for what was found about the job: how many, and the worst."""
    found = concerns.about(desk.store, "job")
    bad = concerns.worst(found)
    if bad is None:
        return []
    mark = concerns.sign(bad, desk.symbols)
    told = Shown(f" {words.count(len(found), 'finding')}: {clean(found[0].sentence, 300)}")
    return [(mark, Piece(shorten(told, width - 1), mark.tone))]
