"""Why it was started, how often, and what starts it again."""

from __future__ import annotations

import re

from entraclaw_tui.dashboard import job_keys, words
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    aside,
    gist_of,
    marked,
    page_of,
    rows,
    title,
)
from entraclaw_tui.dashboard.key import JOB
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import launchctl_words
from entraclaw_tui.model.job import Domain, Job
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown, clean

_SPAWNED = re.compile(r"Successfully spawned .* because (.+)|launching: (.+)")


def reason(look: Look) -> str:
    """Return launchd's word for the last start: of the process, or as its log has it."""
    job = look.job
    if job is not None and job.immediate_reason:
        return job.immediate_reason
    if word := value_of(look.store.get(job_keys.STARTED)):
        return word
    for line in reversed(value_of(look.store.get(job_keys.TOLD)) or ()):
        if found := _SPAWNED.search(line.message):
            return found[1] or found[2]
    return ""


def _started(look: Look) -> Line:
    return gist_of(look, look.store.get(JOB), lambda job: _starts(look, job))


def _starts(look: Look, job: Job) -> Line:
    if job.runs == 0:
        return (piece("never since it was loaded"),)
    times = Shown("unknown times") if job.runs is None else words.count(job.runs, "time")
    word = reason(look)
    why = launchctl_words.why_started(word) or (f"because of {word}" if word else "")
    return (Piece(times), Piece(Shown(f"; the last {clean(why)}" if why else "")))


def _started_page(look: Look) -> list[Row]:
    lines = page_of(look, look.store.get(JOB), lambda job: _why(look, job))
    if (job := look.job) is not None and not job.alive and (job.pended or job.runs == 0):
        lines += title("The session that starts it")
        domain = look.store.get(job_keys.DOMAIN)
        lines += page_of(look, domain, lambda found: _mode(look, found))
    return rows(look, lines)


def _why(look: Look, job: Job) -> list[Line]:
    word = reason(look)
    lines = [
        fact("runs", piece("unknown" if job.runs is None else str(job.runs)), aside(_loaded(job)))
    ]
    if word:
        told = Piece(clean(word, 60))
        lines.append(fact("the last", told, aside(launchctl_words.why_started(word))))
    if job.pended:
        held = launchctl_words.why_started(job.pended)
        lines.append(fact("held back", Piece(clean(job.pended, 60), Tone.LOOK), aside(held)))
    if job.spawn_filter:
        lines.append(fact("only for", Piece(clean(job.spawn_filter, 60), Tone.LOOK)))
    if job.successive_crashes:
        many = words.count(job.successive_crashes, "crash", "crashes")
        lines.append(fact("in a row", Piece(many, Tone.LOOK)))
    if job.throttle_seconds is not None:
        grown = "exponential throttling" in job.properties
        tone = Tone.LOOK if job.throttled or grown else Tone.PLAIN
        held = "it ended too soon, and is held back now" if job.throttled else ""
        pace = piece(f"at most every {job.throttle_seconds} s", tone)
        lines.append(fact("pace", pace, aside("it grows with each crash" if grown else held)))
    lines += [fact("condition", Piece(clean(text))) for text in _conditions(job)]
    after = launchctl_words.what_next(job)
    return [*lines, fact("next", Piece(clean(after)))] if after else lines


def _conditions(job: Job) -> list[str]:
    told = []
    if "runatload" in job.properties:
        told.append("started when it is loaded (RunAtLoad)")
    if "keepalive" in job.properties:
        told.append("kept alive always (KeepAlive)")
    endings = {
        ("successful exit", "0"): "started again after a failure (KeepAlive SuccessfulExit false)",
        ("successful exit", "1"): "started again after a good end (KeepAlive SuccessfulExit true)",
        ("after crash", "1"): "started again after a crash (KeepAlive Crashed true)",
    }
    told += [endings.get(pair, f"{pair[0]} {pair[1]}") for pair in job.semaphores]
    if job.run_interval_seconds:
        told.append(f"started every {job.run_interval_seconds} s (StartInterval)")
    if job.sockets:
        told.append(f"started when a program connects to {' or '.join(job.sockets)}")
    return told


def _mode(look: Look, domain: Domain) -> list[Line]:
    if domain.on_demand_only:
        count = f"on-demand count = {domain.on_demand_count}"
        return [
            marked(look, Tone.LOOK, clean(f"{domain.name} starts only what is asked for by name.")),
            fact("", piece(count, Tone.DIM)),
            fact("", piece("`entraclaw-tui agent start --yes` asks for it by name.")),
        ]
    return [marked(look, Tone.GOOD, clean(f"{domain.name} starts jobs as they want to."))]


def _loaded(job: Job) -> str:
    return "" if job.runs is None else "starts since it was loaded"


STARTED = Chapter(
    "started",
    "started",
    _started,
    _started_page,
    (job_keys.STARTED, job_keys.TOLD, job_keys.DOMAIN),
)
