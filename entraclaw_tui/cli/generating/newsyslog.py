"""A line for newsyslog(8), which rotates what launchd catches of the job's output.

Format: newsyslog.conf(5) of macOS. The worker rotates its own log by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from entraclaw_tui.cli.generating.made import Made, Refused

KILOBYTES = 1024
ARCHIVES = 3
_STAFF = 20
"""The group of every account on macOS."""


def lines(paths: Sequence[str], uid: int) -> Made:
    """Return a line for each log. Raises Refused for a path that the format cannot hold."""
    told = []
    for path in paths:
        if any(c.isspace() or not c.isprintable() for c in path):
            raise Refused(f"newsyslog takes no blanks in a path, and {path} has one.")
        name = path.replace("#", "\\#")
        # N: no process is told; B: no message is written into a log that programs read.
        told.append(f"{name}\t{uid}:{_STAFF}\t600  {ARCHIVES}\t{KILOBYTES}\t*\tBN\n")
    notes = (
        "Rotates what launchd catches of the agent's output: normally empty files.",
        "Install it as root: `sudo install -m 644 -o root -g wheel FILE "
        "/etc/newsyslog.d/entraclaw.conf`; `sudo newsyslog -nv` tells what it would do.",
        "launchd keeps the file open and goes on writing into the renamed one until the job starts "
        "anew: `entraclaw-tui agent restart --yes`.",
        "The worker cuts large ones at its start and rotates worker.log itself: leave that out.",
        "logfile  owner:group  mode  count  size in KB  when  flags",
    )
    return Made("newsyslog", "".join(told), notes, "#")
