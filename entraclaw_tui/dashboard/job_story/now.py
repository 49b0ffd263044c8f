"""Is it alive, and what does its process use."""

from __future__ import annotations

from entraclaw_tui.dashboard import job_keys, words
from entraclaw_tui.dashboard.ages import age, moment
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    answer_of,
    aside,
    page_of,
    rows,
    title,
)
from entraclaw_tui.dashboard.job_story.ended import ill
from entraclaw_tui.dashboard.key import JOB, USAGE
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import launchctl_words
from entraclaw_tui.model.job import Job, Process, Usage
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import clean


def _now(look: Look) -> Line:
    return answer_of(look, look.store.get(JOB), lambda job: _state(look, job))


def _state(look: Look, job: Job) -> Line:
    if not job.alive:
        return (
            Piece(
                clean(launchctl_words.what_holds(job)),
                Tone.LOOK if ill(job) or job.pended else Tone.PLAIN,
            ),
        )
    usage = value_of(look.store.get(USAGE))
    if usage is None:
        return (piece(launchctl_words.state_words(job) or "it has a process"),)
    dot = f" {look.signs.dot} "
    old = age(look.now - usage.started_at)
    told = dot.join(("just started" if old == "now" else f"up {old}", *_used(usage)))
    return (piece(told),)


def _used(usage: Usage) -> tuple[str, str]:
    percent = usage.cpu_percent
    busy = "processor idle" if percent < 1 else f"processor {round(percent)} %"
    return str(words.memory(usage.memory_bytes)), busy


def _now_page(look: Look) -> list[Row]:
    lines = page_of(look, look.store.get(JOB), lambda job: _what(look, job))
    if (job := look.job) is not None and job.alive:
        lines += title("Its process")
        lines += page_of(look, look.store.get(job_keys.PROCESS), lambda p: _process(look, p))
    return rows(look, lines)


def _what(look: Look, job: Job) -> list[Line]:
    meaning = launchctl_words.state_words(job)
    lines = [
        fact("state", Piece(clean(job.state or "unknown")), aside(meaning)),
        fact("pid", piece("none" if job.pid is None else str(job.pid))),
        fact("domain", Piece(clean(job.domain)), aside(_session(job.domain))),
    ]
    if after := launchctl_words.what_next(job):
        lines.append(fact("next", Piece(clean(after), Tone.LOOK if job.pended else Tone.PLAIN)))
    kind = "  ".join(one for one in (job.kind, job.spawn_type) if one)
    lines.append(fact("kind", Piece(clean(kind or "unknown"))))
    if job.job_state:
        lines.append(fact("tracked", Piece(clean(job.job_state))))
    if job.managed_by:
        lines.append(fact("managed by", Piece(clean(job.managed_by))))
    if job.properties:
        lines.append(fact("flags", Piece(clean(", ".join(job.properties)))))
    return lines


def _process(look: Look, process: Process) -> list[Line]:
    memory, busy = _used(process)
    numbers = (("threads", process.threads), ("open files", process.files))
    parent = "launchd" if process.parent == 1 else f"pid {process.parent}"
    return [
        fact("up", piece(f"{age(look.now - process.started_at)}, "), _since(process)),
        fact("memory", piece(memory)),
        fact("processor", piece(f"{busy.removeprefix('processor ')}, "), _whole(process)),
        *(fact(name, piece(str(n))) for name, n in numbers if n is not None),
        *([fact("children", piece(str(process.children)))] if process.children else []),
        fact("status", Piece(clean(process.status or "unknown")), aside(f"started by {parent}")),
    ]


def _since(process: Process) -> Piece:
    return piece(f"since {moment(process.started_at)}", Tone.DIM)


def _whole(process: Process) -> Piece:
    return piece(f"{process.processor_seconds:.0f} s used since it started", Tone.DIM)


def _session(domain: str) -> str:
    return "the desktop's session" if domain.startswith("gui/") else "without a desktop"


NOW = Chapter("now", "now", _now, _now_page, (job_keys.PROCESS,))
