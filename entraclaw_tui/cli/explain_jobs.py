"""What is wrong by an output of launchctl alone, for any job and not only the agent's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.macos.launchctl_list import ListedJob, wait_status
from entraclaw_tui.macos.launchctl_refusals import Refusal
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Repair, Severity
from entraclaw_tui.model.job import Domain, Job, JobRow

LOOP_RUNS = 3
"""Starts after which a job that is down and failed last counts as a crash loop."""
EX_CONFIG = 78
_LAUNCHCTL = "/bin/launchctl"
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
_SHOWN = 5
"""Lines of evidence where there may be hundreds."""
_REASONS = {
    "OS_REASON_CODESIGNING": "macOS refused its code: the file was replaced or its signature "
    "does not hold.",
    "OS_REASON_DYLD": "A library that it needs could not be loaded.",
    "OS_REASON_EXEC": "It could not be executed.",
    "OS_REASON_TCC": "Privacy protection ended it: it used something that it has no right to.",
    "OS_REASON_ENDPOINTSECURITY": "A security product on this Mac did not let it run.",
    "JETSAM_REASON": "macOS ended it to get memory back.",
}


def of_job(job: Job, hidden: Mapping[str, Mapping[str, Hidden]]) -> Iterator[Finding]:
    """Yield what is wrong with a job by its `launchctl print`."""
    if not job.complete:
        yield _cut()
    yield from _held_back(job)
    yield from _failures(job)
    yield from _tilde(job)
    yield from _secrets(hidden.get("inherited environment", {}))


def of_domain(found: Domain, hidden: Mapping[str, Mapping[str, Hidden]]) -> Iterator[Finding]:
    """Yield what is wrong with a domain by its `launchctl print`."""
    if not found.complete:
        yield _cut()
    # A process's own domain only ever starts what is asked for.
    if found.on_demand_only and found.kind != "pid":
        yield Finding(
            "on-demand-only",
            Severity.WARNING,
            f"{found.name} starts only what is asked for by name now.",
            (f"on-demand count = {found.on_demand_count}",),
            "This is so for some seconds after login, and while an update waits for a restart.",
            Repair("Start a job by `launchctl kickstart`, or restart the Mac."),
        )
    yield from of_rows(found.rows)
    yield from of_overrides(found.disabled, {})
    yield from _secrets(hidden.get("environment", {}))


def of_rows(rows: tuple[JobRow, ...]) -> Iterator[Finding]:
    """Yield what the rows of a list tell."""
    broken = [row for row in rows if row.status == str(EX_CONFIG) and row.pid is None]
    if broken:
        yield Finding(
            "exit-config",
            Severity.WARNING,
            "launchd could not start some jobs." if len(broken) > 1 else "A job never started.",
            tuple(f"{row.label}: status {row.status}" for row in broken[:_SHOWN]),
            "78 (EX_CONFIG) means that the program, a log file or the folder could not be opened.",
            Repair("Look at each by `launchctl print`."),
        )


def of_listed(job: ListedJob) -> Iterator[Finding]:
    """Yield what is wrong with a job by its `launchctl list LABEL`."""
    if not job.complete:
        yield _cut()
    if job.pid is None and job.wait_status:
        yield Finding(
            "job-failed",
            Severity.WARNING,
            f"{job.label} is not running and failed the last time.",
            (f"LastExitStatus = {job.wait_status} ({wait_status(job.wait_status)})",),
            "LastExitStatus is the raw status of wait(2), not an exit code.",
            Repair("`launchctl print` tells more."),
        )


def of_overrides(
    disabled: Mapping[str, bool], login_items: Mapping[str, bool]
) -> Iterator[Finding]:
    """Yield what is switched off of ours."""
    if disabled.get(LABEL):
        yield Finding(
            "label-disabled",
            Severity.ERROR,
            "The agent's job is disabled.",
            (f'"{LABEL}" => disabled',),
            "launchd does not load a disabled job; the override stays over restarts.",
            Repair("Enable it: `entraclaw-tui agent enable`.", reversible=True),
        )
    if login_items.get(LABEL):
        yield Finding(
            "login-item-off",
            Severity.ERROR,
            "The agent was switched off under Login Items.",
            (f'login item associations: "{LABEL}" => disabled',),
            "launchd keeps its definition and refuses to start it.",
            Repair("Switch it on in System Settings, General, Login Items & Extensions."),
        )


def refused(found: Refusal) -> Finding:
    """Return what a refusal of launchctl means."""
    words, hint = found.words
    return Finding(
        "launchctl-refused",
        Severity.ERROR,
        words,
        (found.said,),
        "launchctl's exit status is launchd's number for it."
        if found.code is not None
        else "launchctl gave no number.",
        Repair(hint) if hint else None,
    )


def excerpt() -> Finding:
    """Return the note that a capture has no first line."""
    return Finding(
        "capture-excerpt",
        Severity.NOTE,
        "The capture is a part: the line that names the job is missing.",
        (),
        "Whose lines these are is not told, so nothing is said of a process.",
        Repair("Save the whole output."),
    )


def _held_back(job: Job) -> Iterator[Finding]:
    if job.pended and not job.alive:
        yield Finding(
            "start-pended",
            Severity.ERROR,
            f"macOS holds the start of {job.label} back.",
            _seen(job, "pended nondemand spawn", "pended spawn"),
            "The session starts only what is asked for by name now. This is so for some seconds "
            "after login, and while an update waits for a restart.",
            _kickstart(job),
        )
    if job.throttled and not job.alive and job.exit_code != EX_CONFIG:
        yield Finding(
            "throttled",
            Severity.WARNING,
            f"launchd lets {job.label} wait before it starts it again.",
            _seen(job, "properties", "minimum runtime"),
            "It failed to start, or ran too short.",
            _kickstart(job),
        )
    if job.needs_reload:
        yield Finding(
            "program-changed",
            Severity.WARNING,
            f"The program of {job.label} was replaced since it was loaded.",
            ("properties: needs LWCR update",),
            "launchd expects the code that the job was loaded with. Starting again does not help.",
            Repair(
                "Unload the job, then load it again.",
                (_LAUNCHCTL, "bootout", f"{job.domain}/{job.label}"),
                reversible=True,
            ),
        )


def _failures(job: Job) -> Iterator[Finding]:
    if job.exit_code == EX_CONFIG and not job.alive:
        yield Finding(
            "exit-config",
            Severity.ERROR,
            f"launchd could not start the program of {job.label}.",
            (*_seen(job, "state", "runs", "last exit code"), f"program = {job.program}"),
            "78 (EX_CONFIG) means that the program is missing or may not be run, that a log file "
            "or the working folder cannot be opened, or that privacy protection forbids its place. "
            "It wrote no log, since it never ran.",
            Repair("Check program, folder and log files of its definition."),
        )
    elif job.job_state == "spawn failed" and not job.alive:
        yield Finding(
            "spawn-failed",
            Severity.ERROR,
            f"launchd could not start {job.label}.",
            _seen(job, "job state", "last exit code"),
            "The program could not be started at all.",
            Repair("Load the job anew: bootout, then bootstrap."),
        )
    why = next((text for sign, text in _REASONS.items() if job.last_reason.startswith(sign)), "")
    if job.last_reason:
        yield Finding(
            "program-changed" if "CODESIGNING" in job.last_reason else "ended-by-macos",
            Severity.NOTE if job.alive else Severity.ERROR,
            f"macOS ended {job.label}" + (" once; it runs again." if job.alive else "."),
            _seen(job, "last exit reason", "last jetsam exit details", "runs"),
            why or "The reason has no words that we know.",
            Repair("Unload the job, then load it again.")
            if "CODESIGNING" in job.last_reason
            else None,
        )
    failed = bool(job.last_signal or job.last_reason) or job.exit_code not in (None, 0)
    often = (job.runs or 0) >= LOOP_RUNS or (job.successive_crashes or 0) >= LOOP_RUNS
    if failed and often and not job.alive and job.exit_code != EX_CONFIG:
        yield Finding(
            "crash-loop",
            Severity.ERROR,
            f"{job.label} was started {job.runs or job.successive_crashes} times and failed the "
            "last time.",
            _seen(job, "runs", "successive crashes", "last exit code", "last terminating signal"),
            f"launchd waits {job.throttle_seconds or 10} seconds between starts.",
            Repair("Look at its logs."),
        )
    elif failed and not job.alive and job.exit_code != EX_CONFIG and not job.last_reason:
        yield Finding(
            "job-failed",
            Severity.WARNING,
            f"{job.label} is not running and failed the last time.",
            _seen(job, "state", "runs", "last exit code", "last terminating signal"),
            "One failure is told; whether it is started again is for its definition to say.",
            Repair("Look at its logs."),
        )


def _tilde(job: Job) -> Iterator[Finding]:
    paths = (job.program, *job.arguments, job.stdout_path, job.stderr_path)
    found = tuple(path for path in paths if path.startswith("~"))
    if found:
        yield Finding(
            "plist-tilde",
            Severity.ERROR,
            f"The definition of {job.label} has a path with a tilde.",
            found[:_SHOWN],
            "launchd takes it as it is written: it expands no tilde.",
            Repair("Write the path in full."),
        )


def _secrets(environment: Mapping[str, Hidden]) -> Iterator[Finding]:
    names = tuple(name for name, value in environment.items() if _SECRET.search(name) and value)
    if names:
        yield Finding(
            "secrets-in-session",
            Severity.WARNING,
            "The login session's environment holds what looks like secrets.",
            names[:_SHOWN],
            "Every job of the session gets them, and every print of a job repeats them.",
            Repair("Take them out: `launchctl unsetenv NAME`."),
        )


def _cut() -> Finding:
    return Finding(
        "capture-cut",
        Severity.WARNING,
        "The output was cut short.",
        (),
        "What is missing is unknown; it does not mean that there is nothing.",
        Repair("Save it again."),
    )


def _seen(job: Job, *keys: str) -> tuple[str, ...]:
    return tuple(f"{key} = {value}" for key, value in job.raw if key in keys)


def _kickstart(job: Job) -> Repair:
    return Repair(
        "Start it by name.",
        (_LAUNCHCTL, "kickstart", f"{job.domain}/{job.label}"),
        reversible=True,
    )
