"""The repairs that several findings share. The job is driven by our own commands alone.

`launchctl bootout` answers before the job is gone and `bootstrap` then fails: only the driver
behind `entraclaw-tui agent` waits such things out and proves what it did.
"""

from __future__ import annotations

import shlex

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.tcc_services import settings_url
from entraclaw_tui.model.finding import Repair

OWN = "entraclaw-tui"
OPEN = "/usr/bin/open"
CHMOD = "/bin/chmod"
MKDIR = "/bin/mkdir"
SECURITY = "/usr/bin/security"

START = Repair("Start it.", (OWN, "agent", "start", "--yes"), reversible=True, needs_person=False)
RESTART = Repair(
    "Load it anew.", (OWN, "agent", "restart", "--yes"), reversible=True, needs_person=False
)
ENABLE = Repair(
    "Enable it.", (OWN, "agent", "enable", "--yes"), reversible=True, needs_person=False
)
INSTALL = Repair("Write the definition anew.", (OWN, "agent", "install", "--yes"))
"""What stood in the old definition is gone then: a person decides that."""

STORY = Repair(
    "Read how it ended and what it wrote until then.", (OWN, "jobs", "--story"), looks=True
)
"""Where only its own words tell the cause."""


def chmod(words: str, mode: str, *paths: str) -> Repair:
    """Change who may open files of ours."""
    return Repair(words, (CHMOD, mode, *paths), reversible=True, needs_person=False)


def make_folders(*paths: str) -> Repair:
    """Make folders for us alone."""
    return Repair(
        "Make the folders.",
        (MKDIR, "-p", "-m", "700", *paths),
        reversible=True,
        needs_person=False,
    )


def settings(service: str, words: str) -> Repair:
    """Open the page of System Settings for a service; the switch itself wants a person."""
    return Repair(words, (OPEN, settings_url(service)), reversible=True)


def by_hand(words: str) -> Repair:
    """Say what a person can do, where no command does it."""
    return Repair(words)


def shell(host: Host, repair: Repair) -> str:
    """Return the command as a shell takes it, for this very Mac; empty without one."""
    if not repair.command:
        return ""
    name, *rest = repair.command
    root = ["--root", str(host.root)] if host.pretend and name == OWN else []
    return shlex.join([name, *root, *rest])
