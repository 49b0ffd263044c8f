"""What can be wrong with the login session and the Mac around the job."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.doctor.job import loaded, seen
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Severity

_NEEDS_UPDATE = "needs LWCR update"
_PENALTY = "penalty box"
_NO_REASON = frozenset({"", "(never exited)"})
LITTLE_SPACE = 200_000_000
"""Free bytes below which SQLite and logs soon fail."""
SECOND = 60.0


def login_items_off(evidence: Evidence) -> Iterator[Finding]:
    """A person switched the job off among the background items of System Settings."""
    if LABEL in evidence.login_items:
        yield Finding(
            "login-items-off",
            Severity.ERROR,
            "The agent is switched off in Login Items.",
            (f'launchctl print-disabled, login item associations: "{LABEL}" => disabled',),
            "macOS keeps the definition and refuses to load it; launchd says no more than error 5 "
            "or 125.",
            repairs.by_hand(
                "Switch it on in System Settings, General, Login Items & Extensions; it may stand "
                "under the name of whoever signed Python."
            ),
            about="job",
        )


def throttled(evidence: Evidence) -> Iterator[Finding]:
    """launchd waits before the next start, since the last run was too short."""
    job = loaded(evidence)
    if job is None or job.alive or _PENALTY not in job.properties or job.state != "spawn scheduled":
        return
    if job.last_exit.startswith("78") or (job.runs or 0) >= 3 or job.last_reason:
        return  # these have findings of their own, which tell more
    yield Finding(
        "start-throttled",
        Severity.WARNING,
        "launchd waits before it starts the agent again.",
        (*seen(job), f"minimum runtime = {job.throttle_seconds or 10}"),
        "The last run ended sooner than the least time between two starts.",
        repairs.START,
        about="job",
    )


def code_requirement_old(evidence: Evidence) -> Iterator[Finding]:
    """launchd knows that its note of the program's code is old; the next start may be refused."""
    job = loaded(evidence)
    if job is not None and job.alive and any(_NEEDS_UPDATE in flag for flag in job.properties):
        yield Finding(
            "code-requirement-old",
            Severity.WARNING,
            "The agent's program changed since launchd loaded the job.",
            tuple(flag for flag in job.properties if "LWCR" in flag),
            "It runs on; the next start would be refused (OS_REASON_CODESIGNING) until the job is "
            "loaded anew.",
            repairs.RESTART,
            about="job",
        )


def secrets_in_session(evidence: Evidence) -> Iterator[Finding]:
    """`launchctl setenv` gives a secret to every job of the session."""
    names = evidence.around.variables
    if names:
        yield Finding(
            "session-secrets",
            Severity.WARNING,
            "The login session hands secrets to every background job.",
            tuple(f"{name} (value not read out)" for name in names),
            "`launchctl setenv` put them there; each job gets them, and `launchctl print` shows "
            "them to every program of yours.",
            repairs.by_hand(
                f"Take them away: `launchctl unsetenv {names[0]}`, after a look at who needs them."
            ),
            about="mac",
        )


def sockets_missing(evidence: Evidence) -> Iterator[Finding]:
    """The job runs and its sockets are not there."""
    job, missing = loaded(evidence), evidence.around.sockets_missing
    if job is not None and job.alive and missing:
        yield Finding(
            "sockets-missing",
            Severity.ERROR,
            "The agent runs, but nobody can reach it: its sockets are gone.",
            tuple(f"No file at {path}" for path in missing),
            "launchd makes them when it loads the job; whoever deletes them cuts the agent off.",
            repairs.RESTART,
            about="job",
        )


def socket_blocked(evidence: Evidence) -> Iterator[Finding]:
    """Something else lies where a socket belongs."""
    found = [f for f in evidence.files if f.path in evidence.sockets and f.kind != "socket"]
    if found:
        yield Finding(
            "socket-blocked",
            Severity.ERROR,
            "Something else lies where the agent's socket belongs.",
            tuple(f"{file.path} is a {file.kind}" for file in found),
            "launchd cannot listen there, and clients would talk to whatever it is.",
            repairs.by_hand("Look what it is, move it away, then `entraclaw-tui agent restart`."),
            about="job",
        )


def home_elsewhere(evidence: Evidence) -> Iterator[Finding]:
    """The home lies on another disk: launchd refuses definitions there."""
    home = evidence.around.home
    if home.startswith(("/Volumes/", "/Network/", "/net/")):
        yield Finding(
            "home-external",
            Severity.WARNING,
            "Your home is on another disk, where launchd may not read.",
            (home,),
            "launchd refuses definitions and log files on external and network disks, with 5 or "
            "78.",
            repairs.by_hand("Move your home to the Mac's own disk."),
            about="mac",
        )


def disk_full(evidence: Evidence) -> Iterator[Finding]:
    """There is hardly any space left for requests and the audit."""
    free = evidence.around.free_bytes
    if free is not None and free < LITTLE_SPACE:
        yield Finding(
            "disk-full",
            Severity.ERROR,
            "The disk is almost full.",
            (f"{free // 1_000_000} MB free where the agent's files are",),
            "Decisions are committed before they count: without space nothing can be allowed.",
            repairs.by_hand("Make some space."),
            about="mac",
        )


def clock_back(evidence: Evidence) -> Iterator[Finding]:
    """Files of ours are from the future, so the clock was set back."""
    around = evidence.around
    late = [f for f in evidence.files if around.now and f.modified_at > around.now + SECOND]
    if late:
        ahead = int(max(f.modified_at for f in late) - around.now)
        yield Finding(
            "clock-back",
            Severity.WARNING,
            "The Mac's clock was set back, or is wrong.",
            tuple(f"written {ahead} s from now: {f.path}" for f in late[:3]),
            "Grants end by this clock, and Entra refuses assertions of another time.",
            repairs.by_hand("Let the Mac set its time by itself: System Settings, Date & Time."),
            about="mac",
        )


def clock_refused(evidence: Evidence) -> Iterator[Finding]:
    """Entra said that an assertion's times are wrong."""
    told = [t for t in evidence.around.refusals if "AADSTS700024" in t or "AADSTS50013" in t]
    if told:
        yield Finding(
            "clock-skew",
            Severity.ERROR,
            "Entra refuses the agent's assertions: the Mac's clock differs from Entra's.",
            tuple(told),
            "An assertion counts for some minutes by Entra's clock.",
            repairs.by_hand("Let the Mac set its time by itself: System Settings, Date & Time."),
            about="settings",
        )


def certificate_refused(evidence: Evidence) -> Iterator[Finding]:
    """Entra does not take the agent's certificate."""
    codes = ("AADSTS700027", "AADSTS7000222", "AADSTS7000215")
    told = [t for t in evidence.around.refusals if any(code in t for code in codes)]
    if told:
        yield Finding(
            "certificate-refused",
            Severity.ERROR,
            "Entra does not take the agent's certificate any more.",
            tuple(told),
            "It has ended, or it is not registered at the agent's application.",
            repairs.by_hand("Register a new certificate at the agent's application in Entra."),
            about="settings",
        )


def unprotected(evidence: Evidence) -> Iterator[Finding]:
    """System Integrity Protection is off."""
    if evidence.around.sip is False:
        yield Finding(
            "sip-off",
            Severity.WARNING,
            "System Integrity Protection is off.",
            ("csrutil status: disabled",),
            "Every root program can then change the privacy databases and attach to the agent.",
            repairs.by_hand("Switch it on from Recovery: `csrutil enable`."),
            about="mac",
        )


def keychain_locked(evidence: Evidence) -> Iterator[Finding]:
    """There is no screen for a dialog, and the keychain is locked."""
    said, word = evidence.around.locked, evidence.worker
    if word is not None and word.keychain == "locked":
        said = word.note or "the worker says: keychain locked"
    if said:
        yield Finding(
            "keychain-locked",
            Severity.ERROR,
            "The login keychain is locked.",
            (said,),
            "The agent cannot read its key, and over SSH no dialog can ask for the password.",
            repairs.by_hand("Unlock it: `security unlock-keychain`."),
            about="keychain",
        )


def keychain_locks(evidence: Evidence) -> Iterator[Finding]:
    """The keychain locks by itself while the agent still needs it."""
    lock = evidence.around.lock
    if lock is None or not (lock.value.on_sleep or lock.value.after_seconds):
        return
    after = lock.value.after_seconds
    yield Finding(
        "keychain-locks",
        Severity.WARNING,
        "The login keychain locks by itself.",
        tuple(
            text
            for text in (
                f"after {after} s" if after else "",
                "when the Mac sleeps" if lock.value.on_sleep else "",
            )
            if text
        ),
        "From then on the agent can read nothing until somebody unlocks it.",
        repairs.by_hand("Let it stay open: `security set-keychain-settings`."),
        about="keychain",
    )
