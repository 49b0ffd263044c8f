"""What can be wrong with the database, the exported audit and the logs."""

from __future__ import annotations

from collections.abc import Iterator

from entraclaw_tui.doctor import repairs
from entraclaw_tui.doctor.evidence import Evidence
from entraclaw_tui.model.finding import Finding, Repair, Severity

GROWN = 20 * 1024 * 1024
"""Bytes; the worker rotates its own log at 5 MiB and caps launchd's at each start."""


def database_damaged(evidence: Evidence) -> Iterator[Finding]:
    """The database is no database."""
    if evidence.around.database:
        yield Finding(
            "database-damaged",
            Severity.ERROR,
            "The agent's database is damaged.",
            (f"state.db: {evidence.around.database}",),
            "Requests, grants and the audit are in it; the worker cannot go on without it.",
            repairs.by_hand(
                "Stop the agent, move state.db away to keep it, start the agent: it makes a new "
                "one. The exported audit is still there."
            ),
            about="files",
        )


def audit_damaged(evidence: Evidence) -> Iterator[Finding]:
    """The exported audit has a gap, or a line that is none."""
    if evidence.around.audit:
        yield Finding(
            "audit-damaged",
            Severity.ERROR,
            "The exported audit is damaged.",
            (evidence.around.audit,),
            "Each entry follows the one before; a gap means that somebody or something changed "
            "the files.",
            Repair(
                "Find out which entries still hold.", (repairs.OWN, "audit", "verify"), looks=True
            ),
            about="files",
        )


def logs_grown(evidence: Evidence) -> Iterator[Finding]:
    """A log is larger than the worker lets it grow."""
    found = [f for f in evidence.files if f.path.endswith(".log") and f.size > GROWN]
    if found:
        yield Finding(
            "logs-grown",
            Severity.WARNING,
            "A log of the agent has grown large.",
            tuple(f"{file.size // 1_000_000} MB {file.path}" for file in found),
            "launchd never rotates what it catches; the worker cuts these logs at each start, so "
            "a program that fails before it gets there fills the disk.",
            repairs.by_hand(
                "Read its last lines (`entraclaw-tui logs`), then `entraclaw-tui agent restart`."
            ),
            about="files",
        )


def folders_missing(evidence: Evidence) -> Iterator[Finding]:
    """launchd is told to write where there is no folder; it makes none."""
    found = [f for f in evidence.around.folders if not f.there]
    if found:
        yield Finding(
            "log-folder-missing",
            Severity.ERROR,
            "A folder that launchd writes the agent's output into does not exist.",
            tuple(f"No folder at {folder.path}" for folder in found),
            "launchd makes no folders: it ends the start with 78 (EX_CONFIG), and no log tells.",
            repairs.make_folders(*(folder.path for folder in found)),
            about="job",
        )


def folders_locked(evidence: Evidence) -> Iterator[Finding]:
    """The folder of the logs may not be written to."""
    found = [f for f in evidence.around.folders if f.there and not f.writable]
    if found:
        yield Finding(
            "log-folder-locked",
            Severity.ERROR,
            "launchd may not write the agent's output where its definition says.",
            tuple(folder.path for folder in found),
            "It ends the start with 78 (EX_CONFIG), and no log tells.",
            repairs.chmod(
                "Take the right to write there back.", "u+rwx", *(folder.path for folder in found)
            ),
            about="job",
        )


def links(evidence: Evidence) -> Iterator[Finding]:
    """Where a folder or file of ours belongs there is a link."""
    found = [f for f in evidence.files if f.kind == "other"]
    if found:
        yield Finding(
            "files-linked",
            Severity.WARNING,
            "Something that is neither a file nor a folder lies among the agent's files.",
            tuple(file.path for file in found),
            "A link leads secrets to where others may look; the worker makes none.",
            repairs.by_hand("Look where it leads, and take it away."),
            about="files",
        )
