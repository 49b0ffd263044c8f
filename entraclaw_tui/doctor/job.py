"""What can be wrong with the agent's job, as launchd tells it."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Loaded

LOOP_RUNS = 3
"""Failed starts after which a job that waits for its next start counts as a crash loop."""
OFTEN_RUNS = 10
"""Starts after which a job that runs now but failed before is worth a word."""

NAMED_REASONS = (
    "OS_REASON_DYLD",
    "OS_REASON_EXEC",
    "OS_REASON_TCC",
    "OS_REASON_ENDPOINTSECURITY",
    "JETSAM_REASON_",
)
"""Reasons of the system's that have findings of their own."""
_CODE_CHANGED = "OS_REASON_CODESIGNING"
_STARTING = frozenset({"spawn scheduled", "spawning", "spawned", "xpcproxy"})
STOPPING = frozenset({"SIGTERMed", "SIGKILLed", "languishing"})
_FINE_EXITS = frozenset({"", "0", "(never exited)"})


def not_told(evidence: Evidence) -> Iterator[Finding]:
    """launchd gave no answer about the job."""
    if isinstance(evidence.job, Failed):
        yield Finding(
            "launchd-silent",
            Severity.WARNING,
            "launchd could not be asked about the agent's job.",
            (evidence.job.reason,),
            "Without its answer nothing can be said about the job.",
            Repair(evidence.job.hint or "Try again in a moment."),
            about="job",
        )


def disabled(evidence: Evidence) -> Iterator[Finding]:
    """The label carries the override that forbids loading it."""
    if isinstance(evidence.disabled, Failed) or not evidence.disabled.get(LABEL):
        return
    job = loaded(evidence)
    yield Finding(
        "label-disabled",
        Severity.WARNING if job else Severity.ERROR,
        "The agent's job is disabled.",
        (f'launchctl print-disabled {evidence.domain}: "{LABEL}" => disabled',),
        "It runs now, but will not start at the next login."
        if job
        else "launchd does not load a disabled job; the override stays over restarts.",
        repairs.ENABLE if job else repairs.START,
        about="job",
    )


def not_loaded(evidence: Evidence) -> Iterator[Finding]:
    """The definition is there, and launchd does not know the job."""
    if not isinstance(evidence.job, Empty) or evidence.definition.file is None:
        return
    # These have findings of their own, and loading would fail before those are mended.
    if LABEL in evidence.login_items:
        return
    if not isinstance(evidence.disabled, Failed) and evidence.disabled.get(LABEL):
        return
    yield Finding(
        "job-not-loaded",
        Severity.ERROR,
        "The agent's job is not loaded.",
        (evidence.job.reason, f"Its definition is there: {evidence.definition.path}"),
        "launchd reads definitions at login, or when it is told to.",
        repairs.START,
        about="job",
    )


def not_running(evidence: Evidence) -> Iterator[Finding]:
    """The job is loaded and rests, though it should always run."""
    job = loaded(evidence)
    if job is None or job.alive or job.pended or job.state in _STARTING | STOPPING:
        return
    if _is_config(job) or _code_changed(job) or job.last_reason.startswith(NAMED_REASONS):
        return
    why = (
        "It ended on its own and without a failure; launchd starts it again only after one."
        if job.last_exit == "0"
        else "It was not started since it was loaded."
        if job.last_exit == "(never exited)"
        else "launchd does not say why it rests."
    )
    yield Finding(
        "job-not-running",
        Severity.ERROR,
        "The agent is not running.",
        seen(job),
        why,
        repairs.START,
        about="job",
    )


def ending(evidence: Evidence) -> Iterator[Finding]:
    """The job was told to end and its process is still there: loading it now fails with 5."""
    job = loaded(evidence)
    if job is None or not job.alive or job.state not in STOPPING:
        return
    patience = job.exit_timeout_seconds
    yield Finding(
        "job-ending",
        Severity.WARNING,
        "The agent was told to end, and has not ended yet.",
        (*seen(job), f"pid = {job.pid}", *(f"exit timeout = {s}" for s in (patience,) if s)),
        "`launchctl bootout` answers before the process is gone; until then every attempt to "
        "load the job fails with 5 (Input/output error).",
        Repair(
            f"Wait: after {patience} seconds launchd ends it by force. `entraclaw-tui agent start` "
            "waits too."
            if patience
            else "Wait until it is gone. `entraclaw-tui agent start` waits too."
        ),
        about="job",
    )


def pended(evidence: Evidence) -> Iterator[Finding]:
    """launchd holds the start back: the domain is in on-demand-only mode."""
    job = loaded(evidence)
    if job is None or job.alive or not job.pended:
        return
    yield Finding(
        "start-pended",
        Severity.ERROR,
        "macOS holds the agent's start back.",
        (*seen(job), f"pended nondemand spawn = {job.pended}"),
        "The login session starts only what is asked for now. This is so for some seconds after "
        "login, and while an update waits for a restart.",
        repairs.START,
        about="job",
    )


def config_exit(evidence: Evidence) -> Iterator[Finding]:
    """launchd could not even start the program (EX_CONFIG)."""
    job = loaded(evidence)
    # A program that is gone has a finding of its own, which tells more.
    if job is None or not _is_config(job) or not evidence.program_there:
        return
    yield Finding(
        "exit-config",
        Severity.ERROR,
        "launchd cannot start the agent's program.",
        (*seen(job), f"program = {job.program}"),
        "78 (EX_CONFIG) means that the program is missing or may not be run, that a log file or "
        "the working folder cannot be opened, or that privacy protection forbids its place. The "
        "program wrote no log, since it never ran.",
        repairs.INSTALL,
        about="job",
    )


def crash_loop(evidence: Evidence) -> Iterator[Finding]:
    """The job fails again and again."""
    job = loaded(evidence)
    if job is None or job.runs is None or _is_config(job) or _code_changed(job):
        return
    if job.last_reason.startswith(NAMED_REASONS):
        return
    if not _failed(job) or job.runs < (OFTEN_RUNS if job.alive else LOOP_RUNS):
        return
    yield Finding(
        "crash-loop",
        Severity.WARNING if job.alive else Severity.ERROR,
        f"The agent was started {job.runs} times and failed the last time.",
        (*seen(job), *(f"it wrote last: {words}" for words in (evidence.last_words,) if words)),
        "It runs now; the logs tell what ended it before."
        if job.alive
        else f"{_cause(job)}launchd tries again every {job.throttle_seconds or 10} seconds.",
        repairs.INSTALL if _is_usage(job) else repairs.STORY,
        about="job",
    )


def program_changed(evidence: Evidence) -> Iterator[Finding]:
    """The program's file was exchanged while launchd still expects the old one."""
    job = loaded(evidence)
    if job is None or job.alive or not _code_changed(job):
        return
    yield Finding(
        "program-changed",
        Severity.ERROR,
        "The agent's program was replaced, and macOS refuses the new one.",
        (*seen(job), *(f for f in job.properties if "LWCR" in f)),
        "launchd remembers the code it loaded the job with. Starting again does not help; "
        "loading again does.",
        repairs.RESTART,
        about="job",
    )


def loaded(evidence: Evidence) -> Job | None:
    """Return the job, if launchd has it."""
    return evidence.job.value if isinstance(evidence.job, Loaded) else None


def _is_config(job: Job) -> bool:
    return job.last_exit.partition(":")[0] == "78" and not job.alive


def _is_usage(job: Job) -> bool:
    return job.last_exit.partition(":")[0] == "64" and not job.alive


def _cause(job: Job) -> str:
    if not _is_usage(job):
        return ""
    return (
        "64 (EX_USAGE) means that the definition starts it with options that it does not know, as "
        "after a change of version. Until that is mended "
    )


def _code_changed(job: Job) -> bool:
    return job.last_reason.startswith(_CODE_CHANGED)


def _failed(job: Job) -> bool:
    return bool(job.last_signal or job.last_reason) or job.last_exit not in _FINE_EXITS


def seen(job: Job) -> tuple[str, ...]:
    """Return what launchd said, in its own words."""
    lines = {
        "state": job.state,
        "runs": "" if job.runs is None else str(job.runs),
        "last exit code": job.last_exit,
        "last terminating signal": job.last_signal,
        "last exit reason": job.last_reason,
    }
    return tuple(f"{key} = {value}" for key, value in lines.items() if value)
