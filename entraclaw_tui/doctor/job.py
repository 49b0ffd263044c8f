"""What can be wrong with the agent's job, as launchd tells it."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.jobs import LAUNCHCTL
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.job import Job
from entraclaw_tui.model.source import Empty, Failed, Loaded

LOOP_RUNS = 3
"""Failed starts after which a job that waits for its next start counts as a crash loop."""
OFTEN_RUNS = 10
"""Starts after which a job that runs now but failed before is worth a word."""

_CODE_CHANGED = "OS_REASON_CODESIGNING"
_STARTING = frozenset({"spawn scheduled", "spawning", "spawned", "xpcproxy"})
_STOPPING = frozenset({"SIGTERMed", "SIGKILLed", "languishing"})
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
        )


def disabled(evidence: Evidence) -> Iterator[Finding]:
    """The label carries the override that forbids loading it."""
    if isinstance(evidence.disabled, Failed) or not evidence.disabled.get(LABEL):
        return
    loaded = isinstance(evidence.job, Loaded)
    yield Finding(
        "label-disabled",
        Severity.WARNING if loaded else Severity.ERROR,
        "The agent's job is disabled.",
        (f'launchctl print-disabled {evidence.domain}: "{LABEL}" => disabled',),
        "It runs now, but will not start at the next login."
        if loaded
        else "launchd does not load a disabled job; the override stays over restarts.",
        Repair(
            "Enable it, then start it.",
            (LAUNCHCTL, "enable", f"{evidence.domain}/{LABEL}"),
            reversible=True,
        ),
    )


def not_loaded(evidence: Evidence) -> Iterator[Finding]:
    """The definition is there, and launchd does not know the job."""
    if not isinstance(evidence.job, Empty) or evidence.definition.file is None:
        return
    # A disabled label has its own finding, and loading would fail before that one is mended.
    if not isinstance(evidence.disabled, Failed) and evidence.disabled.get(LABEL):
        return
    yield Finding(
        "job-not-loaded",
        Severity.ERROR,
        "The agent's job is not loaded.",
        (evidence.job.reason, f"Its definition is there: {evidence.definition.path}"),
        "launchd reads definitions at login, or when it is told to.",
        Repair(
            "Load it.",
            (LAUNCHCTL, "bootstrap", evidence.domain, evidence.definition.path),
            reversible=True,
        ),
    )


def not_running(evidence: Evidence) -> Iterator[Finding]:
    """The job is loaded and rests, though it should always run."""
    job = _job(evidence)
    if job is None or job.alive or job.pended or job.state in _STARTING | _STOPPING:
        return
    if _is_config(job) or _code_changed(job):
        return
    why = (
        "It ended on its own and without a failure; launchd starts it again only after one."
        if job.last_exit == "0"
        else "It was not started since it was loaded."
        if job.last_exit == "(never exited)"
        else "launchd does not say why it rests."
    )
    yield Finding(
        "job-not-running", Severity.ERROR, "The agent is not running.", _seen(job), why, _start(job)
    )


def pended(evidence: Evidence) -> Iterator[Finding]:
    """launchd holds the start back: the domain is in on-demand-only mode."""
    job = _job(evidence)
    if job is None or job.alive or not job.pended:
        return
    yield Finding(
        "start-pended",
        Severity.ERROR,
        "macOS holds the agent's start back.",
        (*_seen(job), f"pended nondemand spawn = {job.pended}"),
        "The login session starts only what is asked for now. This is so for some seconds after "
        "login, and while an update waits for a restart.",
        _start(job),
    )


def config_exit(evidence: Evidence) -> Iterator[Finding]:
    """launchd could not even start the program (EX_CONFIG)."""
    job = _job(evidence)
    # A program that is gone has a finding of its own, which tells more.
    if job is None or not _is_config(job) or not evidence.program_there:
        return
    yield Finding(
        "exit-config",
        Severity.ERROR,
        "launchd cannot start the agent's program.",
        (*_seen(job), f"program = {job.program}"),
        "78 (EX_CONFIG) means that the program is missing or may not be run, that a log file or "
        "the working folder cannot be opened, or that privacy protection forbids its place. The "
        "program wrote no log, since it never ran.",
        Repair("Write the definition anew: `entraclaw-tui agent install`."),
    )


def crash_loop(evidence: Evidence) -> Iterator[Finding]:
    """The job fails again and again."""
    job = _job(evidence)
    if job is None or job.runs is None or _is_config(job) or _code_changed(job):
        return
    if not _failed(job) or job.runs < (OFTEN_RUNS if job.alive else LOOP_RUNS):
        return
    yield Finding(
        "crash-loop",
        Severity.WARNING if job.alive else Severity.ERROR,
        f"The agent was started {job.runs} times and failed the last time.",
        _seen(job),
        "It runs now; the logs tell what ended it before."
        if job.alive
        else f"launchd tries again every {job.throttle_seconds or 10} seconds.",
        Repair("Look at its logs: `entraclaw-tui logs`."),
    )


def program_changed(evidence: Evidence) -> Iterator[Finding]:
    """The program's file was exchanged while launchd still expects the old one."""
    job = _job(evidence)
    if job is None or job.alive or not _code_changed(job):
        return
    yield Finding(
        "program-changed",
        Severity.ERROR,
        "The agent's program was replaced, and macOS refuses the new one.",
        (*_seen(job), *(f for f in job.properties if "LWCR" in f)),
        "launchd remembers the code it loaded the job with. Starting again does not help; "
        "loading again does.",
        Repair(
            "Unload the job, then load it again.",
            (LAUNCHCTL, "bootout", f"{job.domain}/{job.label}"),
            reversible=True,
        ),
    )


def _job(evidence: Evidence) -> Job | None:
    return evidence.job.value if isinstance(evidence.job, Loaded) else None


def _is_config(job: Job) -> bool:
    return job.last_exit.partition(":")[0] == "78" and not job.alive


def _code_changed(job: Job) -> bool:
    return job.last_reason.startswith(_CODE_CHANGED)


def _failed(job: Job) -> bool:
    return bool(job.last_signal or job.last_reason) or job.last_exit not in _FINE_EXITS


def _seen(job: Job) -> tuple[str, ...]:
    """Return what launchd said, in its own words."""
    lines = {
        "state": job.state,
        "runs": "" if job.runs is None else str(job.runs),
        "last exit code": job.last_exit,
        "last terminating signal": job.last_signal,
        "last exit reason": job.last_reason,
    }
    return tuple(f"{key} = {value}" for key, value in lines.items() if value)


def _start(job: Job) -> Repair:
    command = (LAUNCHCTL, "kickstart", f"{job.domain}/{job.label}")
    return Repair("Start it.", command, reversible=True)
