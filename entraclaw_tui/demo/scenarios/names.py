"""The scenarios' names, each with a line for the help. Light: the command line imports it."""

from __future__ import annotations

HEALTHY = "healthy"

LINES = {
    HEALTHY: "everything works, and requests wait",
    "crash-loop": "the worker ends at every start, and launchd tries again",
    "ex-config": "the log folder is missing, so launchd cannot start the worker (78)",
    "disabled": "the job's label is disabled",
    "login-items-off": "the job was switched off in Login Items",
    "pended": "the session starts only what is asked for, and the worker waits",
    "lwcr": "the program was replaced, and launchd refuses the new code",
    "locked-keychain": "the login keychain is locked, as over SSH",
    "foreign-acl": "the agent's key belongs to another Python: reading it hangs in a dialog",
    "stale-grant": "Full Disk Access belongs to the Python from before an upgrade",
    "no-fda": "the privacy databases may not be read",
    "tcc-27": "macOS 27: the user's privacy database is no longer where it was",
    "wrong-python": "the job runs another Python than the one that made its Keychain items",
    "unsigned": "the worker's program is not signed",
    "expired-cert": "the agent's certificate has ended",
    "no-desktop": "nobody is logged in at the screen; the agent runs in the user's domain",
}
"""Every scenario and what it shows."""
