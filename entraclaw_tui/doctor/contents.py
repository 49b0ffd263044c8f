"""What can be wrong in the job's definition itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.definition import texts
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.model.finding import Finding, Severity

_OURS = "ENTRACLAW_HOME"
_LOADERS = re.compile(r"DYLD_|PYTHON(?!UNBUFFERED$|DONTWRITEBYTECODE$)|LD_")
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
_SOCKET_MODE = 0o600
_PROTECTED = re.compile(
    r"^(/Volumes/|/Users/[^/]+/(Documents|Desktop|Downloads)(/|$)"
    r"|/Users/[^/]+/Library/(Mobile Documents|CloudStorage)(/|$))"
)


def relative(evidence: Evidence) -> Iterator[Finding]:
    """The program is looked for by PATH, which launchd's jobs hardly have."""
    program = evidence.definition.program
    if program and not program.startswith(("/", "~")):
        yield Finding(
            "plist-relative",
            Severity.ERROR,
            "The job's definition names its program without a path.",
            (f"ProgramArguments[0] = {program}",),
            "launchd knows no PATH of yours: only /usr/bin, /bin, /usr/sbin and /sbin.",
            repairs.INSTALL,
            about="job",
        )


def other_label(evidence: Evidence) -> Iterator[Finding]:
    """The file defines a job of another name."""
    job = evidence.definition.job
    label = None if job is None else job.get("Label", LABEL)
    if label is not None and label != LABEL:
        yield Finding(
            "plist-label",
            Severity.ERROR,
            "The job's definition has another label than its file.",
            (f"Label = {label}", evidence.definition.path),
            "launchd goes by the label; nobody finds the job under its own name.",
            repairs.INSTALL,
            about="job",
        )


def never_starts(evidence: Evidence) -> Iterator[Finding]:
    """Nothing in the definition lets launchd start the job by itself."""
    job = evidence.definition.job
    keys = ("RunAtLoad", "KeepAlive", "StartInterval", "StartCalendarInterval", "WatchPaths")
    if job is not None and "RunAtLoad" in job and not any(job.get(key) for key in keys):
        yield Finding(
            "plist-never-starts",
            Severity.WARNING,
            "launchd is not told to start the agent at login.",
            ("RunAtLoad = false, no KeepAlive",),
            "It starts with the first client that asks, and its clocks stand still until then.",
            repairs.INSTALL,
            about="job",
        )


def loads_code(evidence: Evidence) -> Iterator[Finding]:
    """The definition sets variables that can bring foreign code into the worker."""
    names = [name for name in _variables(evidence) if _LOADERS.match(name)]
    if names:
        yield Finding(
            "plist-loads-code",
            Severity.ERROR,
            "The job's definition sets variables that can load foreign code into the agent.",
            tuple(f"EnvironmentVariables: {name}" for name in names),
            "Code inside the agent's process can read its key. We set none of these.",
            repairs.INSTALL,
            about="job",
        )


def holds_secrets(evidence: Evidence) -> Iterator[Finding]:
    """Somebody put a secret into the definition, which everybody may read."""
    names = [n for n in _variables(evidence) if n != _OURS and _SECRET.search(n)]
    if names:
        yield Finding(
            "plist-secrets",
            Severity.WARNING,
            "The job's definition holds something that sounds like a secret.",
            tuple(f"EnvironmentVariables: {name} (value not shown)" for name in names),
            "Everybody on the Mac may read the file, and `launchctl print` repeats it. The agent "
            "keeps its secrets in the Keychain.",
            repairs.INSTALL,
            about="job",
        )


def protected_place(evidence: Evidence) -> Iterator[Finding]:
    """The job needs a place that background programs may not open."""
    job = evidence.definition.job or {}
    keys = (
        "ProgramArguments",
        "Program",
        "WorkingDirectory",
        "StandardOutPath",
        "StandardErrorPath",
    )
    found = [
        f"{name} = {text}"
        for key in keys
        for name, text in texts(job.get(key), key)
        if _PROTECTED.match(text.removeprefix(evidence.around.root))
    ]
    if found:
        yield Finding(
            "plist-protected",
            Severity.ERROR,
            "The job needs a folder that macOS keeps from background programs.",
            tuple(found),
            "Documents, Desktop, Downloads, iCloud and other disks want Full Disk Access or a "
            "question, and launchd asks none: the start ends with 78 (EX_CONFIG).",
            repairs.INSTALL,
            about="job",
        )


def wrong_session(evidence: Evidence) -> Iterator[Finding]:
    """Nobody is logged in at the screen, and the definition allows nothing else."""
    job = evidence.definition.job
    if job is None or evidence.around.desktop:
        return
    listed = job.get("LimitLoadToSessionType", "Aqua")
    allowed = listed if isinstance(listed, list) else [listed]
    if "Background" not in allowed:
        yield Finding(
            "plist-session",
            Severity.ERROR,
            "The job may only run where somebody is logged in at the screen, and nobody is.",
            (f"LimitLoadToSessionType = {', '.join(map(str, allowed))}", "no desktop login"),
            "Over SSH launchd then answers 125 or 134.",
            repairs.INSTALL,
            about="job",
        )


def open_sockets(evidence: Evidence) -> Iterator[Finding]:
    """launchd is told to make the sockets so that others may connect."""
    listed = (evidence.definition.job or {}).get("Sockets")
    sockets = listed if isinstance(listed, dict) else {}
    found = [
        f"{name}: SockPathMode = {mode:04o}" if isinstance(mode, int) else f"{name}: no mode"
        for name, socket in sockets.items()
        if isinstance(socket, dict)
        and "SockPathName" in socket
        and (mode := socket.get("SockPathMode")) != _SOCKET_MODE
    ]
    if found:
        yield Finding(
            "plist-socket-mode",
            Severity.ERROR,
            "The definition opens the agent's sockets to others.",
            tuple(found),
            "Whoever can connect can ask for tokens, and see who asks.",
            repairs.INSTALL,
            about="job",
        )


def _variables(evidence: Evidence) -> list[str]:
    found = (evidence.definition.job or {}).get("EnvironmentVariables")
    return [str(name) for name in found] if isinstance(found, dict) else []
