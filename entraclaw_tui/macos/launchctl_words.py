"""What launchd's words mean, in ours: why a job was started, how it ended, what it waits for.

launchd's terms are those of `launchctl print` and `launchctl blame`; keys are of launchd.plist(5),
statuses of sysexits(3), signals of XNU's <sys/signal.h>, which are not those of every system.
"""

from __future__ import annotations

from entraclaw_tui.model.job import Job

_STARTS = {
    "speculative": "because RunAtLoad starts it as soon as it is loaded",
    "semaphore": "because a condition of its KeepAlive holds",
    "inefficient": "because KeepAlive wants it running always",
    "interval": "because its StartInterval was over",
    "non-ipc demand": "because somebody asked for it by name (kickstart)",
    "ipc (mach)": "because a program sent a message to a service of it",
    "ipc (socket)": "because a program connected to a socket of it",
    "xpc event": "because an event came that it waits for, such as a time or a changed file",
    "event publisher": "because it publishes an event that others wait for",
    "launch job demand": "because another job asked for it",
    "system support": "because the system needs it",
}
_EXITS = {
    0: "it ended by itself, without a failure",
    64: "it was started with options that it does not know",
    65: "it was given data that it cannot use",
    66: "a file that it needs could not be opened",
    67: "a user that it was told of does not exist",
    68: "a host that it was told of does not exist",
    69: "a service that it needs was not there",
    70: "an error inside the program ended it",
    71: "the system refused it something, such as a process",
    72: "a file of the system was missing",
    73: "a file could not be made",
    74: "reading or writing failed",
    75: "it failed for now; a later try may work",
    76: "the other side did not speak its protocol",
    77: "it had no permission",
    78: "launchd could not start the program, or its settings are wrong",
    126: "the command was found and could not be run",
    127: "the command was not found",
}
_SIGNALS = {
    1: "its session hung up",
    2: "it was interrupted",
    3: "it was told to quit",
    4: "it ran an instruction that this processor does not have",
    5: "it hit a check of its own and stopped",
    6: "it gave up by itself (abort)",
    8: "a calculation failed",
    9: "it was killed: by hand, for lack of memory, or since it did not end in time",
    10: "it used memory in a wrong way",
    11: "it used memory that is not its own",
    12: "it made a call that the system does not know",
    13: "nobody read what it wrote",
    15: "it was told to end",
    24: "it used more processor time than it may",
    25: "it wrote a file larger than it may",
}
# The first that begins a reason counts: names go on with details behind these.
_REASONS = {
    "OS_REASON_CODESIGNING": "macOS refused its code: the signature is not the one it expects",
    "OS_REASON_DYLD": "a library that it needs could not be loaded",
    "OS_REASON_EXEC": "macOS could not run the file",
    "OS_REASON_TCC": "it reached for something private without the right to",
    "OS_REASON_ENDPOINTSECURITY": "security software on this Mac forbids it",
    "OS_REASON_SIGNAL": "a signal ended it",
    "OS_REASON_WATCHDOG": "it did not answer in time",
    "OS_REASON_GUARD": "it touched something that is guarded",
    "JETSAM_REASON_": "macOS took its memory back",
}
_EXIT_WORDS = {
    "never exited": "it has not ended since it was loaded",
    "abandoned": "launchd gave its process up",
    "failed reap": "launchd could not learn how it ended",
}
_STATES = {
    "running": "it runs",
    "not running": "it rests",
    "spawn scheduled": "launchd waits before it starts it again",
    "spawning": "launchd is just starting it",
    "spawned": "its process is there, its program not yet",
    "xpcproxy": "its process is there, its program not yet",
    "SIGTERMed": "it was told to end, and has not yet",
    "SIGKILLed": "it was killed, and is not gone yet",
    "languishing": "it was killed and does not go",
    "exited": "it has just ended",
}


def why_started(reason: str) -> str:
    """Return why launchd starts or started a job, empty for a word that we do not know."""
    return _STARTS.get(reason, "")


def how_ended(job: Job) -> str:
    """Return how the last process of a job ended, in a clause; empty where nothing is known."""
    if job.last_reason:
        return next((w for sign, w in _REASONS.items() if job.last_reason.startswith(sign)), "")
    if job.signal is not None:
        return _SIGNALS.get(job.signal, "a signal ended it")
    if job.exit_code is not None:
        return _EXITS.get(job.exit_code, "the program itself gave this number; its log may say why")
    return _EXIT_WORDS.get(job.exit_name, "")


def ending(job: Job) -> str:
    """Return launchd's own words for how it ended: `exit 78 EX_CONFIG`, `Killed: 9`."""
    if job.last_reason or job.last_signal:
        return job.last_reason or job.last_signal
    if job.exit_code is None:
        return job.exit_name or job.last_exit
    return f"exit {job.exit_code} {job.exit_name}".rstrip()


def state_words(job: Job) -> str:
    """Return what launchd's state means, empty for one that we do not know."""
    return _STATES.get(job.state, "")


def what_holds(job: Job) -> str:
    """Return in a clause why a job has no process now; empty for one with."""
    if job.alive:
        return ""
    if job.needs_reload:
        return "has to be loaded again: launchd expects other code"
    if job.pended:
        return "held back: macOS starts only what is asked for by name"
    if job.throttled or job.state == "spawn scheduled":
        pace = f", at most every {job.throttle_seconds} s" if job.throttle_seconds else ""
        return f"launchd starts it again by itself{pace}"
    if job.exit_code == 0:
        return "rests: it ended without a failure"
    return _STATES.get(job.state, "has no process")


def what_next(job: Job) -> str:
    """Return what has to happen for a job without a process to start; empty for one with."""
    if job.alive:
        return ""
    if job.needs_reload:
        return "It starts once it was unloaded and loaded again: launchd expects other code."
    if job.pended:
        return (
            "macOS starts only what is asked for by name now, and keeps this start back: so for "
            "some seconds after login, and while an update waits for a restart."
        )
    if job.spawn_filter:
        return f"launchd starts it for one reason only now: {job.spawn_filter}."
    if job.throttled or job.state == "spawn scheduled":
        wait = f"at most every {job.throttle_seconds} s" if job.throttle_seconds else "later"
        return f"launchd starts it again by itself, {wait}."
    if job.state in ("spawning", "spawned", "xpcproxy", "SIGTERMed", "SIGKILLed"):
        return "This is over in a moment."
    return "It starts when it is asked for, or when a condition of its definition holds."
