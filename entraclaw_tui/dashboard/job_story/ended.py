"""How its last process ended, in launchd's words, in ours, and in its own."""

from __future__ import annotations

from entraclaw_tui.dashboard import job_keys
from entraclaw_tui.dashboard.ages import clock_time
from entraclaw_tui.dashboard.job_story.chapter import (
    Chapter,
    Look,
    Row,
    gist_of,
    page_of,
    rows,
    title,
)
from entraclaw_tui.dashboard.key import JOB
from entraclaw_tui.dashboard.lines import Line, Piece, Tone, fact, piece
from entraclaw_tui.macos import launchctl_words
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import value_of
from entraclaw_tui.text import Shown, clean

_QUIET = frozenset({"", "0", "(never exited)"})
_ENDS = (
    "exited due to",
    "signaled service",
    "Service only ran",
    "service exited",
    "Service exited",
)


def ill(job: Job) -> bool:
    """Return whether a job without a process ended by a failure."""
    return not job.alive and (
        job.last_exit not in _QUIET or bool(job.last_signal or job.last_reason)
    )


def _ended(look: Look) -> Line:
    return gist_of(look, look.store.get(JOB), _end)


def _end(job: Job) -> Line:
    words_ = launchctl_words.how_ended(job)
    tone = Tone.LOOK if job.last_exit not in _QUIET or job.last_signal else Tone.PLAIN
    short = Piece(clean(launchctl_words.ending(job) or "unknown", 80), tone)
    return (short, Piece(Shown(f": {words_}" if words_ else "")))


def _ended_page(look: Look) -> list[Row]:
    lines = page_of(look, look.store.get(JOB), _how)
    told = value_of(look.store.get(job_keys.TOLD)) or ()
    if ends := [one for one in told if any(sign in one.message for sign in _ENDS)]:
        lines += title("launchd's log about it, the newest last")
        for one in ends[-6:]:
            at = clock_time(one.at) if one.at is not None else ""
            message = one.message.partition(": ")[2]
            lines.append(fact(at, Piece(clean(look.desk.host.shown(message)))))
    lines += title("What it wrote on standard error, the newest last")
    said = look.store.get(job_keys.SAID)
    lines += page_of(look, said, lambda texts: [(Piece(clean(t)),) for t in texts])
    return rows(look, lines)


def _how(job: Job) -> list[Line]:
    short, _ = _end(job)
    lines = [fact("the last", short)]
    if meaning := launchctl_words.how_ended(job):
        lines.append(fact("that is", Piece(clean(meaning))))
    if job.needs_reload:
        after = launchctl_words.what_next(job)
        lines.append(fact("next", Piece(clean(after), Tone.LOOK)))
    if job.exit_timeout_seconds is not None:
        wait = f"{job.exit_timeout_seconds} s to end once it is told to; then it is killed"
        lines.append(fact("gets", piece(wait)))
    return lines


ENDED = Chapter("ended", "ended", _ended, _ended_page, (job_keys.TOLD, job_keys.SAID))
