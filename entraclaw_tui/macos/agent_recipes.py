"""The small groups of steps that plans are made of.

Their order is what many programs learned on real Macs: launchd answers `bootout` before the job
is gone, and refuses `bootstrap` until it is.
"""

from __future__ import annotations

from entraclaw_tui.macos.agent_plist import EXIT_SECONDS
from entraclaw_tui.macos.agent_steps import Kind, Step
from entraclaw_tui.macos.jobs import LAUNCHCTL
from entraclaw_tui.macos.keychain import SECURITY
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.job import Job

MARGIN_SECONDS = 10.0
"""What launchd may need beyond the job's own exit timeout."""
TOOL_SECONDS = 20.0
UP_SECONDS = 20.0
"""How long a started job may take to run."""


def target(domain: str) -> str:
    """Return the job's name in a domain."""
    return f"{domain}/{LABEL}"


def leave_seconds(job: Job) -> float:
    """Return how long a job may take to be gone; 0 as exit timeout means that it never must."""
    return (job.exit_timeout_seconds or EXIT_SECONDS) + MARGIN_SECONDS


def record(path: str) -> Step:
    """Write down which program it is."""
    return Step(
        Kind.RECORD,
        "Write down the digests of the program",
        "They tell later whether this package or its interpreter was changed since.",
        path=path,
    )


def bootout(job: Job, why: str) -> Step:
    """Tell launchd to take the job out."""
    return Step(
        Kind.BOOTOUT,
        "Unload the job",
        why,
        (LAUNCHCTL, "bootout", target(job.domain)),
        domain=job.domain,
        seconds=leave_seconds(job),
    )


def gone(job: Job) -> Step:
    """Wait for what bootout began."""
    return Step(
        Kind.GONE,
        "Wait until the job is gone",
        "bootout answers at once, and launchd loads nothing while the old process still ends.",
        (LAUNCHCTL, "print", target(job.domain)),
        domain=job.domain,
        pid=job.pid,
        seconds=leave_seconds(job),
    )


def unload(jobs: tuple[Job, ...], why: str) -> tuple[Step, ...]:
    """Take the job out of every domain it is in, and wait."""
    return (*(bootout(job, why) for job in jobs), *(gone(job) for job in jobs))


def load(domain: str, plist: str) -> tuple[Step, ...]:
    """Load the job from its definition, and prove that it runs."""
    return (
        enable(
            domain, "A disabled label cannot be loaded; enabling an enabled one changes nothing."
        ),
        Step(
            Kind.BOOTSTRAP,
            "Load the job",
            "launchd reads the definition and starts the job. A refusal is tried again 3 times.",
            (LAUNCHCTL, "bootstrap", domain, plist),
            domain=domain,
            path=plist,
            seconds=TOOL_SECONDS,
        ),
        Step(
            Kind.NUDGE,
            "Start it, should macOS hold the start back",
            "A login session in on-demand-only mode starts only what is asked for by name.",
            (LAUNCHCTL, "kickstart", target(domain)),
            domain=domain,
            seconds=TOOL_SECONDS,
        ),
        running(domain),
    )


def kickstart(job: Job, *, kill: bool) -> tuple[Step, ...]:
    """Start a loaded job, after ending its process where `kill` says so, and prove that it runs."""
    flags = ("-k",) if kill else ()
    seconds = leave_seconds(job) if kill else TOOL_SECONDS
    why = (
        "The definition is unchanged, so launchd can end the process and start a new one."
        if kill
        else "The job is loaded and does not run."
    )
    return (
        Step(
            Kind.KICKSTART,
            "Start the job anew" if kill else "Start the job",
            why,
            (LAUNCHCTL, "kickstart", *flags, target(job.domain)),
            domain=job.domain,
            seconds=seconds,
        ),
        running(job.domain, seconds if kill else 0.0),
    )


def running(domain: str, more_seconds: float = 0.0) -> Step:
    """Prove by launchd's own word that the job runs."""
    return Step(
        Kind.RUNNING,
        "Check that it runs",
        "launchctl's exit status is no proof: launchd is asked what it has.",
        (LAUNCHCTL, "print", target(domain)),
        domain=domain,
        seconds=UP_SECONDS + more_seconds,
    )


def enable(domain: str, why: str) -> Step:
    """Let launchd load the label."""
    command = (LAUNCHCTL, "enable", target(domain))
    return Step(Kind.ENABLE, "Enable the job", why, command, domain=domain)


def disable(domain: str) -> Step:
    """Forbid launchd to load the label, also at the next login."""
    return Step(
        Kind.DISABLE,
        "Disable the job",
        "Without this the next login would load it again.",
        (LAUNCHCTL, "disable", target(domain)),
        domain=domain,
    )


def override(domain: str, *, disabled: bool) -> Step:
    """Read back what was said about the label."""
    return Step(
        Kind.OVERRIDE,
        f"Check that it is {'disabled' if disabled else 'not disabled'}",
        "What was said about a label outlives a restart of the Mac.",
        (LAUNCHCTL, "print-disabled", domain),
        domain=domain,
        disabled=disabled,
    )


def delete_item(account: str, keychain: str) -> Step:
    """Delete one of the agent's secrets."""
    return Step(
        Kind.DELETE_ITEM,
        f"Delete the Keychain item {account}",
        "You asked for the agent's secrets to go. This cannot be undone.",
        (SECURITY, "delete-generic-password", "-s", LABEL, "-a", account, keychain),
        reversible=False,
        seconds=TOOL_SECONDS,
    )
